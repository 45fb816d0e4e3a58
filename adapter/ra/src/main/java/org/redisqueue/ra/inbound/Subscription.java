// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.statistics.ListenerStatistics;
import org.redisqueue.ra.statistics.ServerStatistics;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.DeliveryConsumption;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** Connects one queue to one listener. */
final class Subscription {

    private final String queue;
    private final String listener;
    private final boolean transacted;
    private final boolean batches;
    private final Supplier<Caller> callers;
    private final Inbound inbound;
    private final RedeliveryPolicy policy;
    private final UnexpectedFailures failures;
    private final ServerStatistics server;
    private final ListenerStatistics statistics;
    private final Telemetry telemetry;
    private final DeliveryObserver observer;
    private final Dispatcher dispatcher;
    private final Settler settler;
    private final Optional<TopicBinding> binding;
    private final RecurringProblem refusals = new RecurringProblem();
    private final RecurringProblem rollbacks = new RecurringProblem(Duration.ofMinutes(1));
    private volatile boolean drainEnded;

    /**
     * @param topic the topic to bind the queue to; empty if there is none
     * @param listener the name of the listener, for messages
     * @param batches whether it is a batch listener
     * @param callers creates a caller for each worker
     * @param leases the leases of the claimed messages
     */
    Subscription(
            String queue,
            Optional<String> topic,
            String listener,
            boolean transacted,
            boolean batches,
            Supplier<Caller> callers,
            ActivationSettings activation,
            Leases leases,
            Inbound inbound) {
        ActivationSettings settings = activation.forListener(batches);
        this.listener = listener;
        this.batches = batches;
        this.transacted = transacted;
        this.callers = callers;
        this.inbound = inbound;
        this.policy = settings.redelivery();
        this.failures = new UnexpectedFailures(queue);
        this.server = ServerStatistics.of(
                inbound.manager().client(),
                inbound.manager().operations(),
                inbound.manager().timer());
        this.statistics = server.newListener(listener, queue, settings.maxConcurrency() * settings.batch());
        this.telemetry =
                Telemetry.of(inbound.manager().client(), inbound.manager().operations());
        this.observer = new Observers(inbound.observer(), statistics, telemetry.observer());
        this.binding = topic.map(name -> new TopicBinding(
                name,
                queue,
                inbound.manager().operations().topics(),
                inbound.manager().timer()));
        ConsumerContext context = new ConsumerContext(
                queue,
                inbound.manager().client().settings(),
                new RedisQueueCalls(
                        queue,
                        statistics.listener(),
                        inbound.manager().operations(),
                        new DeclaredSettings(
                                queue,
                                listener,
                                settings.queueSettings(),
                                inbound.manager().operations().settings()),
                        binding),
                inbound.manager()::mayDeliver,
                leases,
                inbound.manager().timer(),
                inbound.blocking(),
                observer,
                failures);
        this.dispatcher = new Dispatcher(context, settings, this::startWorkers);
        this.queue = queue;
        this.settler = new Settler(context, inbound.manager()::localBranch, dispatcher);
    }

    String queue() {
        return queue;
    }

    String listener() {
        return listener;
    }

    ListenerStatistics statistics() {
        return statistics;
    }

    void start() {
        server.add(statistics);
        dispatcher.start();
    }

    /** @see Dispatcher#pause */
    void pause() {
        dispatcher.pause();
    }

    /** @see Dispatcher#resume */
    void resume() {
        dispatcher.resume();
    }

    /** @see OutageGuard#reset */
    void resetBreaker() {
        dispatcher.guard().reset();
    }

    /** @see Dispatcher#stop */
    void stop() {
        binding.ifPresent(TopicBinding::stop);
        dispatcher.stop();
    }

    /** @see Dispatcher#drain */
    int drain(long millis) {
        int running = dispatcher.drain(millis);
        statistics.end();
        inbound.manager().operations().consumerEnded(queue);
        drainEnded = true; // a listener that is still running has outlasted the drain timeout
        return running;
    }

    boolean isTransacted() {
        return transacted;
    }

    Caller newCaller() {
        return callers.get();
    }

    DeliveryConsumption delivery(ClaimedMessage message) {
        return new DeliveryConsumption(inbound.manager(), message.lease());
    }

    DeliveryConsumption delivery(List<Lease> batch) {
        return new DeliveryConsumption(inbound.manager(), batch);
    }

    /** @see Settlement#ofBatch */
    Settlement settlement(Branch.@Nullable State state, CallResult result, Caller caller) {
        return Settlement.ofBatch(state, result, !drainEnded || caller.countsFailuresAfterDrain());
    }

    /**
     * Decides what happens to a message after its delivery.
     *
     * @param state the state in which the branch of the delivery was left; null without transactions
     */
    Settlement settlement(ClaimedMessage message, Branch.@Nullable State state, CallResult result, Caller caller) {
        return Settlement.of(message, state, result, policy, !drainEnded || caller.countsFailuresAfterDrain());
    }

    /** Logs that a batch was rolled back, at most once a minute for the same reason. */
    void batchRolledBack(int messages, String reason) {
        if (rollbacks.shouldReport(reason)) {
            LogMessage.BATCH_ROLLED_BACK.log(queue, messages, reason);
        }
    }

    Settler settler() {
        return settler;
    }

    DeliveryObserver observer() {
        return observer;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    /**
     * Starts workers on a thread that may block: the container may block when it is asked for a thread, and the threads
     * of the Redis client must never block.
     */
    private void startWorkers(int workers) {
        try {
            inbound.blocking().execute(() -> {
                for (int i = 0; i < workers; i++) {
                    startWorker();
                }
            });
        } catch (RejectedExecutionException e) { // the adapter has stopped
            for (int i = 0; i < workers; i++) {
                dispatcher.workerRefused();
            }
        } catch (RuntimeException | Error e) { // no thread can be created
            for (int i = 0; i < workers; i++) {
                refused(e);
            }
        }
    }

    /** Starts a worker, or counts it as refused. Does not throw, because there may be further workers to start. */
    private void startWorker() {
        try {
            inbound.container().getWorkManager().scheduleWork(new WorkerWork(newWorker()));
            refusals.ended();
        } catch (Throwable e) { // also an OutOfMemoryError: no thread can be created
            refused(e);
        }
    }

    private Runnable newWorker() {
        return batches ? new BatchWorker(dispatcher, this) : new Worker(dispatcher, this);
    }

    private void refused(Throwable failure) {
        dispatcher.workerRefused();
        failures.logged(() -> {
            String reason = ListenerFailure.describe(failure);
            if (refusals.shouldReport(reason)) {
                LogMessage.NO_WORK_ACCEPTED.log(queue(), reason);
            }
        });
    }
}
