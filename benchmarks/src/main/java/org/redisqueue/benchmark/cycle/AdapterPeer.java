// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import jakarta.resource.ResourceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;

/** The adapter without an application server: its dispatcher, with listeners that do nothing, in one phase. */
public final class AdapterPeer implements CyclePeer {

    private static final String QUEUE = "cycle";

    private final Threads threads = new Threads();
    private final RedisResourceAdapter adapter;
    private final ResourceManager manager;

    public AdapterPeer(String address) throws ResourceException {
        adapter = adapter(address);
        manager = ResourceManager.acquire(adapter);
    }

    /** The resource adapter, started in a container that only provides threads. */
    public static RedisResourceAdapter adapter(String address) throws ResourceException {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(address);
        adapter.start(new ThreadsOnly());
        return adapter;
    }

    @Override
    public String name() {
        return "adapter";
    }

    @Override
    public void send(int count, String body) throws Exception {
        byte[] value = body.getBytes(StandardCharsets.UTF_8);
        AtomicInteger left = new AtomicInteger(count);
        threads.all(() -> {
            while (left.getAndDecrement() > 0) {
                manager.operations()
                        .send(List.of(new SendRequest(QUEUE, QueueOperations.newId(), value, 0)))
                        .join();
            }
            return null;
        });
    }

    @Override
    public void drain(int count, LongConsumer progress) {
        LongAdder delivered = new LongAdder();
        ListenerActivation activation = adapter.activate(
                adapter,
                "listener",
                Map.of("queue", QUEUE, "maxConcurrency", Integer.toString(Threads.COUNT)),
                false,
                false,
                delivery -> {
                    delivery.begin();
                    delivered.increment();
                    return DeliveryResult.completed();
                });
        while (delivered.sum() < count) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            progress.accept(delivered.sum());
        }
        activation.deactivate();
    }

    @Override
    public void close() {
        threads.close();
        manager.release();
        adapter.stop();
    }
}
