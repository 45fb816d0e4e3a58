// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The scripts of the adapter, called by threads that each have a socket and wait for each reply. */
final class FloorPeer implements CyclePeer {

    private final Threads threads = new Threads();
    private final TestRedis redis;
    private final Scripts scripts;

    FloorPeer(TestRedis redis) {
        this.redis = redis;
        try (RespConnection connection = redis.connect()) {
            this.scripts = new Scripts(connection);
        }
    }

    @Override
    public String name() {
        return "one round trip per step";
    }

    @Override
    public void send(int count, String body) throws Exception {
        AtomicInteger left = new AtomicInteger(count);
        threads.all(() -> {
            try (RespConnection connection = redis.connect()) {
                while (left.getAndDecrement() > 0) {
                    connection.call(scripts.send(body));
                }
            }
            return null;
        });
    }

    @Override
    public void drain(int count, LongConsumer progress) throws Exception {
        AtomicInteger done = new AtomicInteger();
        threads.all(() -> {
            try (RespConnection connection = redis.connect()) {
                String token = Long.toString(Thread.currentThread().getId());
                while (done.get() < count) {
                    for (String id : Scripts.ids(connection.call(scripts.claim(1, token)))) {
                        connection.call(scripts.acknowledge(id, token));
                        progress.accept(done.incrementAndGet());
                    }
                }
            }
            return null;
        });
    }

    @Override
    public void close() {
        threads.close();
    }
}
