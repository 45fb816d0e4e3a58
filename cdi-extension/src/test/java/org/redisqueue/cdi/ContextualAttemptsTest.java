// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.enterprise.concurrent.ContextService;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.redisqueue.spi.DeliveryResult;

/** Concurrent attempts do not share the context that a container captures for a proxy. */
class ContextualAttemptsTest {

    /** What the container keeps for a proxy: the current transaction, in Payara and GlassFish. */
    private static final class Captured {
        private static final ThreadLocal<Captured> CURRENT = new ThreadLocal<>();
        private final AtomicInteger callers = new AtomicInteger();
    }

    private final AtomicInteger contexts = new AtomicInteger();

    private final ContextService service = (ContextService) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ContextService.class},
            (proxy, method, arguments) -> contextual(arguments[0], (Class<?>) arguments[1]));

    private Object contextual(Object target, Class<?> type) {
        contexts.incrementAndGet();
        var captured = new Captured();
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    var outer = Captured.CURRENT.get();
                    Captured.CURRENT.set(captured);
                    captured.callers.incrementAndGet();
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        captured.callers.decrementAndGet();
                        Captured.CURRENT.set(outer);
                    }
                });
    }

    @Test
    void concurrentAttemptsHaveSeparateContexts() {
        var together = new CyclicBarrier(2);
        var attempts = new ContextualAttempts(
                service,
                delivery -> {
                    try {
                        together.await(10, TimeUnit.SECONDS);
                        assertThat(Captured.CURRENT.get().callers).hasValue(1);
                        together.await(10, TimeUnit.SECONDS);
                        return DeliveryResult.completed();
                    } catch (Exception | AssertionError e) {
                        return DeliveryResult.failed(e);
                    }
                },
                false);
        var other = CompletableFuture.runAsync(() -> deliver(attempts));
        deliver(attempts);
        other.join();
    }

    @Test
    void consecutiveAttemptsShareAContext() {
        var attempts = new ContextualAttempts(service, delivery -> DeliveryResult.completed(), false);
        deliver(attempts);
        int made = contexts.get();
        deliver(attempts);
        assertThat(contexts).hasValue(made);
    }

    @Test
    void contextIsNotReusedAfterTheContainerFailed() {
        var attempts = new ContextualAttempts(
                service,
                delivery -> {
                    throw new IllegalStateException("from the container");
                },
                false);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> attempts.deliver(null));
        int made = contexts.get();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> attempts.deliver(null));
        assertThat(contexts).hasValue(made + 1);
    }

    @Test
    void exceptionOfTheBeanIsTheResult() {
        var attempts = new ContextualAttempts(
                service, delivery -> DeliveryResult.failed(new LinkageError("from the bean")), false);
        assertThat(attempts.deliver(null).thrown()).containsInstanceOf(LinkageError.class);
    }

    private static void deliver(ContextualAttempts attempts) {
        attempts.deliver(null).thrown().ifPresent(thrown -> {
            throw new AssertionError(thrown);
        });
    }
}
