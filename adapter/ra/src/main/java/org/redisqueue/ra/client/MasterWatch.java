// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.log.LogMessage;

/** Reports failovers. The settings of the new masters are checked when all replicas have had time to follow them. */
public final class MasterWatch {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration DELAY = Duration.ofSeconds(10);

    private final RedisClient client;
    private final ScheduledExecutorService timer;
    private final AdapterThreadFactory threads = new AdapterThreadFactory("redis-queue-masters");
    private Set<String> known = Set.of();

    private MasterWatch(RedisClient client, ScheduledExecutorService timer) {
        this.client = client;
        this.timer = timer;
    }

    /**
     * Begins to watch the masters of a client, if they can change.
     *
     * @param timer ends together with the watch
     */
    public static void start(RedisClient client, ScheduledExecutorService timer) {
        if (client.hasFailover()) {
            MasterWatch watch = new MasterWatch(client, timer);
            timer.scheduleWithFixedDelay(watch::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Runs on the timer. Asks the client, not Redis. */
    private void look() {
        try {
            Set<String> masters = client.masters();
            if (masters.isEmpty() || masters.equals(known)) {
                return;
            }
            if (!known.isEmpty()) {
                timer.schedule(() -> threads.newThread(this::check).start(), DELAY.toMillis(), TimeUnit.MILLISECONDS);
                LogMessage.NEW_MASTERS.log(client.address(), String.join(", ", masters));
            }
            known = masters;
        } catch (RuntimeException | Error e) {
            return; // the client is closing, or Redisson is changing its list; the next look finds the same difference
        }
    }

    private void check() {
        try {
            client.checkServers();
        } catch (RuntimeException | Error e) {
            if (!client.isClosed()) {
                LogMessage.UNSAFE_MASTER.log(
                        e instanceof RedisUnavailableException ? e.getMessage() : Failures.describe(e));
            }
        }
    }
}
