// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.inbound.ListenerFailure;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.spi.UnreadableMessageException;
import org.redisqueue.test.internal.listener.CdiBeans;
import org.redisqueue.test.internal.listener.CommittingException;
import org.redisqueue.test.internal.listener.TestListener;
import org.redisqueue.test.internal.memory.Claim;
import org.redisqueue.test.internal.memory.Consumption;
import org.redisqueue.test.internal.memory.QueueStore;
import org.redisqueue.test.internal.state.QueueDescription;

/** Delivers messages to listeners on the thread of the test, with the effects of the adapter. */
final class MemoryDeliveries {

    private static final String WITHOUT_EXCEPTION =
            "The transaction was rolled back without an exception from the listener";

    /** More deliveries than this are a loop: a listener that sends to its own queue. */
    private static final int MAX_DELIVERIES = 10_000;

    private final InMemoryQueues queues;
    private final QueueStore store;
    private final QueueTransactions transactions;

    MemoryDeliveries(InMemoryQueues queues, QueueStore store, QueueTransactions transactions) {
        this.queues = queues;
        this.store = store;
        this.transactions = transactions;
    }

    /** Delivers a message that is in no queue. */
    void deliver(RedisMessage message, TestListener listener) {
        Delivery delivery = new Delivery(message, null, listener.settings().redelivery());
        rethrow(delivery.run(listener));
    }

    /** Delivers messages that are in no queue to a batch listener, in one call. */
    void deliver(List<? extends RedisMessage> messages, TestListener listener) {
        Object[] arguments = listener.arguments(messages);
        Delivery delivery =
                new Delivery(messages.get(0), null, listener.settings().redelivery());
        rethrow(delivery.run(listener, () -> arguments));
    }

    /** Delivers the next message of a queue. Advances the clock if it waits for its redelivery. */
    void deliverNext(String queue, TestListener listener) {
        Claim claim = next(queue, listener)
                .orElseThrow(() -> new AssertionError("Queue '" + queue + "' has no message to deliver: "
                        + QueueDescription.of(queues.queue(queue).source())));
        rethrow(new Delivery(claim.message(), claim, listener.settings().redelivery()).run(listener));
    }

    /** Delivers the messages of a queue, again if they fail, until each is acknowledged or a dead letter. */
    int deliverAll(String queue, TestListener listener) {
        RedeliveryPolicy policy = listener.settings().redelivery();
        int deliveries = 0;
        for (Optional<Claim> claim = next(queue, listener); claim.isPresent(); claim = next(queue, listener)) {
            Throwable thrown = new Delivery(claim.get().message(), claim.get(), policy).run(listener);
            if (thrown instanceof AssertionError assertion) {
                throw assertion;
            }
            if (++deliveries >= MAX_DELIVERIES && hasMoreThanDeadLetters(queue)) {
                throw new AssertionError("Queue '" + queue + "' still has messages after " + MAX_DELIVERIES
                        + " deliveries. If the listener sends to its own queue, use deliverNext.");
            }
        }
        return deliveries;
    }

    private boolean hasMoreThanDeadLetters(String queue) {
        return store.placeCounts(queue).keySet().stream()
                .anyMatch(place -> place != Place.DEAD && place != Place.SCHEDULED);
    }

    /** Claims the next message. If none is ready, advances the clock to the next redelivery. */
    private Optional<Claim> next(String queue, TestListener listener) {
        Optional<Claim> claim = store.claim(queue, listener.settings().onExpiry());
        Optional<Instant> due = store.nextRedelivery(queue);
        if (claim.isPresent() || due.isEmpty()) {
            return claim;
        }
        Duration delay = Duration.between(store.now(), due.get());
        if (!delay.isNegative()) {
            store.letTimePass(delay);
        }
        return next(queue, listener);
    }

    private static void rethrow(@Nullable Throwable thrown) {
        if (thrown != null) {
            MemoryDeliveries.<RuntimeException>throwUnchecked(thrown);
        }
    }

    /** Throws what the listener threw, checked or not, so that a test sees the original. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** One delivery of a message. */
    private final class Delivery implements Consumption {

        private final RedisMessage message;
        private final @Nullable Claim claim;
        private final RedeliveryPolicy policy;
        private String reason = WITHOUT_EXCEPTION;
        private @Nullable Throwable committing;
        private boolean ended;

        private Delivery(RedisMessage message, @Nullable Claim claim, RedeliveryPolicy policy) {
            this.message = message;
            this.claim = claim;
            this.policy = policy;
        }

        /**
         * Delivers the message. Returns what the listener has thrown, or null.
         *
         * <p>If the delivery fails outside of the listener, gives the message back and throws the failure.
         */
        private @Nullable Throwable run(TestListener listener) {
            return run(listener, () -> listener.arguments(message));
        }

        private @Nullable Throwable run(TestListener listener, Supplier<Object[]> converted) {
            Throwable thrown = CdiBeans.<Optional<Throwable>>inRequest(
                            () -> Optional.ofNullable(attempt(listener, converted)))
                    .orElse(null);
            if (claim != null && !ended) {
                claim.release();
                rethrow(thrown);
            }
            return thrown;
        }

        private @Nullable Throwable attempt(TestListener listener, Supplier<Object[]> converted) {
            Object[] arguments;
            try {
                arguments = converted.get();
            } catch (UnreadableMessageException e) {
                ended = true;
                if (claim != null) {
                    claim.deadLetter(PrintableText.of(e.getMessage()));
                }
                return e;
            }
            return listener.transacted() ? inTransaction(listener, arguments) : withoutTransaction(listener, arguments);
        }

        private @Nullable Throwable inTransaction(TestListener listener, Object[] arguments) {
            try {
                transactions.run(() -> {
                    transactions.current().orElseThrow().consume(this);
                    call(listener, arguments);
                });
                return committing;
            } catch (Throwable e) {
                return e;
            }
        }

        private void call(TestListener listener, Object[] arguments) throws Throwable {
            try {
                listener.call(arguments, queues);
            } catch (CommittingException e) {
                committing = e.thrown();
                reason = ListenerFailure.describe(e.thrown());
            } catch (Throwable e) {
                reason = ListenerFailure.describe(e);
                throw e;
            }
        }

        private @Nullable Throwable withoutTransaction(TestListener listener, Object[] arguments) {
            try {
                return transactions
                        .runWithout(() -> Optional.ofNullable(callWithoutTransaction(listener, arguments)))
                        .orElse(null);
            } catch (Exception e) {
                return e;
            }
        }

        private @Nullable Throwable callWithoutTransaction(TestListener listener, Object[] arguments) {
            try {
                try {
                    listener.call(arguments, queues);
                } finally {
                    requireEnded(transactions.endOpen());
                }
                committed();
                return null;
            } catch (Throwable e) {
                Throwable thrown = e instanceof CommittingException committed ? committed.thrown() : e;
                reason = ListenerFailure.describe(thrown);
                rolledBack();
                return thrown;
            }
        }

        /** A container rolls back a transaction that a bean leaves open, and reports it. */
        private void requireEnded(boolean open) {
            if (open) {
                throw new IllegalStateException("The listener returned without ending the transaction that it began."
                        + " The transaction was rolled back.");
            }
        }

        @Override
        public String queue() {
            return message.queue();
        }

        @Override
        public String id() {
            return message.id();
        }

        @Override
        public void committed() {
            ended = true;
            if (claim != null) {
                claim.acknowledge();
            }
        }

        @Override
        public void rolledBack() {
            ended = true;
            if (claim != null) {
                claim.redeliver(policy, reason);
            }
        }
    }
}
