// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import jakarta.resource.ResourceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.BareContainer;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;

/** The adapter without an application server: its dispatcher, with listeners that do nothing, in one phase. */
public final class AdapterPeer implements CyclePeer {

    private static final String QUEUE = "cycle";

    private final Threads threads = new Threads();
    private final RedisResourceAdapter adapter;
    private final ResourceManager manager;
    private final List<String> queues;

    AdapterPeer(String address) throws ResourceException {
        this(withAddress(address), List.of(QUEUE));
    }

    /**
     * Starts the adapter.
     *
     * @param queues the queues that messages are sent to in turn
     */
    public AdapterPeer(RedisResourceAdapter adapter, List<String> queues) throws ResourceException {
        this.adapter = adapter;
        this.queues = queues;
        start(adapter);
        manager = ResourceManager.acquire(adapter);
    }

    private static RedisResourceAdapter withAddress(String address) {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(address);
        return adapter;
    }

    /** Starts an adapter in a container that only provides threads. */
    public static void start(RedisResourceAdapter adapter) throws ResourceException {
        adapter.start(new BareContainer());
    }

    /** Creates and starts an adapter. */
    static RedisResourceAdapter adapter(String address) throws ResourceException {
        RedisResourceAdapter adapter = withAddress(address);
        start(adapter);
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
            for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
                String queue = queues.get(i % queues.size());
                manager.operations()
                        .send(List.of(new SendRequest(queue, QueueOperations.newId(), value, 0)))
                        .join();
            }
            return null;
        });
    }

    @Override
    public boolean sendInBulk(int count, String body) throws Exception {
        byte[] value = body.getBytes(StandardCharsets.UTF_8);
        AtomicInteger left = new AtomicInteger(count);
        threads.all(() -> {
            for (int i = left.getAndAdd(-BULK); i > 0; i = left.getAndAdd(-BULK)) {
                manager.operations()
                        .send(Stream.generate(() -> new SendRequest(queues.get(0), QueueOperations.newId(), value, 0))
                                .limit(Math.min(i, BULK))
                                .toList())
                        .join();
            }
            return null;
        });
        return true;
    }

    @Override
    public void drain(int count, LongConsumer progress) {
        LongAdder delivered = new LongAdder();
        int concurrency = (Threads.COUNT + queues.size() - 1) / queues.size();
        List<ListenerActivation> activations = new ArrayList<>();
        for (String queue : queues) {
            activations.add(adapter.activate(
                    adapter,
                    queue,
                    Map.of("queue", queue, "maxConcurrency", Integer.toString(concurrency)),
                    false,
                    false,
                    delivery -> {
                        delivery.begin();
                        delivered.increment();
                        return DeliveryResult.completed();
                    }));
        }
        while (delivered.sum() < count) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            progress.accept(delivered.sum());
        }
        activations.forEach(ListenerActivation::deactivate);
    }

    @Override
    public void close() {
        threads.close();
        manager.release();
        adapter.stop();
    }
}
