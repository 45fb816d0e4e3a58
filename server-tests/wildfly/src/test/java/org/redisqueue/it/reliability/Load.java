// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.process.Node;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.RespConnection.ErrorReply;

/**
 * A continuous load of orders, pushed by a client of Redis and posted to the servers. It keeps the listeners busy unless it is
 * {@linkplain #pace paced}, and keeps the queue only slightly longer than the number of claimed messages.
 */
final class Load implements AutoCloseable {

    /** Prefix of the bodies that are booked in two phases. */
    static final String BOOKED = "pushed ";

    private static final int BACKLOG = 60;
    private static final int POSTING = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final OrderSite site;
    private final Ledger ledger;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong number = new AtomicLong();
    private volatile int perSecond;
    private volatile boolean ended;

    Load(OrderSite site, Ledger ledger) {
        this.site = site;
        this.ledger = ledger;
        run(this::push);
        for (int i = 0; i < POSTING; i++) {
            run(this::post);
        }
    }

    /** Limits the total rate to this number of orders per second; 0 for as many as can be booked. */
    void pace(int ordersPerSecond) {
        perSecond = ordersPerSecond;
    }

    private void run(Runnable work) {
        Thread thread = new Thread(work, "load");
        thread.start();
        threads.add(thread);
    }

    private void push() {
        Random random = new Random(1);
        RespConnection redis = null;
        while (!ended) {
            try {
                if (redis == null) {
                    redis = site.redis().connect();
                }
                if (backlog(redis) > BACKLOG) {
                    pause();
                } else {
                    push(redis, kind(random) + number.incrementAndGet());
                    keepPace();
                }
            } catch (ErrorReply e) {
                pause();
            } catch (UncheckedIOException e) {
                if (redis != null) {
                    redis.close();
                    redis = null;
                }
                pause();
            }
        }
    }

    private long backlog(RespConnection redis) {
        return (Long) redis.call("LLEN", site.orders().key("ready"));
    }

    private void push(RespConnection redis, String body) {
        ledger.pushing(body);
        redis.callAll(pushing(body));
        ledger.confirmed(body);
    }

    private List<Object[]> pushing(String body) {
        Queue orders = site.orders();
        return List.of(
                new Object[] {"MULTI"},
                new Object[] {"SET", orders.key("message:" + body.replace(' ', '-')), body},
                new Object[] {"LPUSH", orders.key("ready"), body.replace(' ', '-')},
                new Object[] {"EXEC"});
    }

    /** Pushes enough orders of a kind at once to keep all listeners busy. */
    void flood(String kind, int count) {
        List<String> bodies = Stream.generate(() -> kind + number.incrementAndGet())
                .limit(count)
                .toList();
        bodies.forEach(ledger::pushing);
        site.redis()
                .callAll(bodies.stream().flatMap(body -> pushing(body).stream()).toList());
        bodies.forEach(ledger::confirmed);
    }

    /** Most orders are booked in two phases, some in one, and some fail at their first delivery. */
    private static String kind(Random random) {
        int chance = random.nextInt(100);
        if (chance < 30) {
            return BookingListener.PASSED_ON;
        }
        if (chance < 33) {
            return BookingListener.ROLLED_BACK;
        }
        return chance < 35 ? BookingListener.REFUSED : BOOKED;
    }

    private void post() {
        while (!ended) {
            try {
                String body = "posted " + number.incrementAndGet();
                Node node = site.anyRunning();
                ledger.ordering(body);
                if (node.post("/orders", "body", body) == 200) {
                    ledger.confirmed(body);
                } else {
                    pause(); // the server has just started, or has a fault
                }
                keepPace();
            } catch (UncheckedIOException | IllegalStateException e) {
                pause(); // the outcome is unknown
            }
        }
    }

    /** Pauses a thread according to its share of the rate. */
    private void keepPace() {
        int limit = perSecond;
        if (limit > 0) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1 + POSTING) / limit);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Waits until this number of further orders is booked. */
    void awaitMore(int count) {
        long wanted = site.bookedMessages() + count;
        await(count + " more are booked").atMost(PATIENCE).until(() -> site.bookedMessages() >= wanted);
    }

    /** Stops sending. Orders that are already sent will still be booked. */
    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
