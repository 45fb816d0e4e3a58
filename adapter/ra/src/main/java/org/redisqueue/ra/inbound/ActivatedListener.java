// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisqueue.ra.statistics.ListenerStatistics;
import org.redisqueue.spi.ListenerActivation;

/**
 * The activation of a listener that is not a message-driven bean. The extension that activated the listener controls it
 * through this object.
 */
public final class ActivatedListener implements ListenerActivation {

    private final Activation activation;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean ending = new AtomicBoolean();

    public ActivatedListener(Activation activation) {
        this.activation = activation;
    }

    /** Returns the figures of the listener. */
    public List<ListenerStatistics> statistics() {
        return activation.statistics();
    }

    public void start() {
        activation.start();
    }

    @Override
    public void pause() {
        activation.pause();
    }

    @Override
    public void resume() {
        activation.resume();
    }

    @Override
    public boolean isBreakerOpen() {
        return activation.isBreakerOpen();
    }

    @Override
    public void resetBreaker() {
        activation.resetBreaker();
    }

    /** Returns what closes the circuit breaker of the listener, for its figures. */
    public Map<ListenerStatistics, Runnable> breakerResets() {
        return activation.breakerResets();
    }

    @Override
    public void stop() {
        activation.stop();
    }

    @Override
    public void deactivate() {
        if (ending.compareAndSet(false, true)) {
            try {
                activation.stopAndDrain();
            } finally {
                ended.complete(null);
            }
        } else {
            activation.awaitDrained(ended);
        }
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }
}
