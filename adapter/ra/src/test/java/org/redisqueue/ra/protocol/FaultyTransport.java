// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.redisson.client.RedisException;

/** Loses requests and replies of numbered calls, and records what was sent so that a test can deliver it again. */
final class FaultyTransport implements Lanes.Transport {

    /** What happens to one transmission. */
    enum Fault {
        /** The request does not arrive. */
        REQUEST_LOST,
        /** The request arrives, but its reply does not. */
        REPLY_LOST
    }

    /** A transmission, of which a duplicate can arrive. */
    record Sent(Lanes.Work work, List<Object> keys, List<Object> arguments) {}

    private final Lanes.Transport redis;
    private volatile Lanes.Transport target;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeRetransmission = () -> {};

    private FaultyTransport(Lanes.Transport redis) {
        this.redis = redis;
        this.target = redis;
    }

    /** Wraps the transport of operations, and passes itself to the test. */
    static UnaryOperator<Lanes.Transport> shownTo(java.util.function.Consumer<FaultyTransport> test) {
        return redis -> {
            FaultyTransport faulty = new FaultyTransport(redis);
            test.accept(faulty);
            return faulty;
        };
    }

    /** Makes the next transmissions fail in this way. */
    void failNext(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** Ends the failures. */
    void heal() {
        faults.clear();
    }

    /** Runs an action after the next fault, before the call is sent again. */
    void beforeRetransmission(Runnable action) {
        beforeRetransmission = action;
    }

    /** Sends everything to another server from now on. */
    void redirectTo(FaultyTransport other) {
        target = other.redis;
    }

    /** The transmissions so far, in order. */
    List<Sent> sent() {
        return sent;
    }

    /** Delivers a duplicate of a transmission; returns the code of the reply. */
    int deliverDuplicate(Sent duplicate) {
        return ((Long) target.run(duplicate.work(), duplicate.keys(), duplicate.arguments())
                        .join()
                        .get(0))
                .intValue();
    }

    @Override
    public CompletableFuture<List<Object>> run(Lanes.Work work, List<Object> keys, List<Object> arguments) {
        sent.add(new Sent(work, List.copyOf(keys), List.copyOf(arguments)));
        if (faults.isEmpty()) {
            return target.run(work, keys, arguments);
        }
        Fault fault = faults.remove(0);
        CompletableFuture<List<Object>> arrived = fault == Fault.REPLY_LOST
                ? target.run(work, keys, arguments)
                : CompletableFuture.completedFuture(new ArrayList<>());
        return arrived.thenCompose(reply -> {
            beforeRetransmission.run();
            return CompletableFuture.failedFuture(
                    new RedisException("Unexpected exception while processing command", new IOException("reset")));
        });
    }
}
