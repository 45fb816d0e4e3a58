// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.redisson.Redisson;
import org.redisson.api.RDeque;
import org.redisson.api.RList;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** The straightforward queue with Redisson: RPOPLPUSH to a processing list, and LREM as the acknowledgment. */
final class NaivePeer implements CyclePeer {

    private static final String PROCESSING = "naive-processing";

    private final Threads threads = new Threads();
    private final RedissonClient redisson;
    private final AtomicInteger number = new AtomicInteger();

    NaivePeer(String address) {
        Config config = new Config();
        config.useSingleServer().setAddress(address);
        config.setCodec(StringCodec.INSTANCE);
        redisson = Redisson.create(config);
    }

    @Override
    public String name() {
        return "redisson-rpoplpush";
    }

    @Override
    public void send(int count, String body) throws Exception {
        RDeque<String> queue = redisson.getDeque("naive");
        AtomicInteger left = new AtomicInteger(count);
        threads.all(() -> {
            while (left.getAndDecrement() > 0) {
                queue.addFirst(number.incrementAndGet() + " " + body);
            }
            return null;
        });
    }

    @Override
    public void drain(int count, LongConsumer progress) throws Exception {
        RDeque<String> queue = redisson.getDeque("naive");
        RList<String> processing = redisson.getList(PROCESSING);
        AtomicInteger left = new AtomicInteger(count);
        AtomicInteger done = new AtomicInteger();
        threads.all(() -> {
            while (left.getAndDecrement() > 0) {
                processing.remove(queue.pollLastAndOfferFirstTo(PROCESSING));
                progress.accept(done.incrementAndGet());
            }
            return null;
        });
    }

    @Override
    public void close() {
        threads.close();
        redisson.shutdown();
    }
}
