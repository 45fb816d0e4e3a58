// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Places orders one after the other until it ends: on the page, and as another program would. */
final class OrderLoad implements AutoCloseable {

    private static final long BETWEEN_ORDERS = TimeUnit.MILLISECONDS.toNanos(100);

    private final OrderDeskClient desk;
    private final Supplier<String> push;
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean ended;
    private volatile Throwable failure;

    /** @param push sends an order as another program would, and returns its id */
    OrderLoad(OrderDeskClient desk, Supplier<String> push) {
        this.desk = desk;
        this.push = push;
        thread.start();
    }

    private void run() {
        while (!ended && failure == null) {
            place(() -> desk.order("book").ifPresent(accepted::add));
            place(() -> accepted.add(push.get()));
            LockSupport.parkNanos(BETWEEN_ORDERS);
        }
    }

    private void place(Runnable order) {
        try {
            order.run();
        } catch (UncheckedIOException | NoSuchElementException e) {
            // The outcome of this order is unknown, or it was not accepted.
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** The ids of the accepted orders so far. */
    Set<String> accepted() {
        assertThat(failure).as("unexpected answer").isNull();
        return accepted;
    }

    void end() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        end();
    }
}
