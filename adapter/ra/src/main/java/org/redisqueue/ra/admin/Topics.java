// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.TopicOperations;

/** Topics and the queues that are bound to them. */
final class Topics {

    /** After this time, no server whose calls Redis answers in time publishes with a binding that has ended. */
    static final Duration SETTLED = TopicOperations.DELAY.multipliedBy(2);

    private static final int CONCURRENT_CALLS = 100;

    private final TopicOperations operations;
    private final Queues queues;
    private final InDoubtBranches branches;
    private final Duration settled;

    Topics(QueueOperations operations, Queues queues, InDoubtBranches branches) {
        this(operations, queues, branches, SETTLED);
    }

    /** @param settled how long {@link #unbind} waits */
    Topics(QueueOperations operations, Queues queues, InDoubtBranches branches, Duration settled) {
        this.operations = operations.topics();
        this.queues = queues;
        this.branches = branches;
        this.settled = settled;
    }

    List<TopicStatus> all() {
        List<TopicStatus> all = new ArrayList<>();
        bindings()
                .forEach(each -> all.add(
                        new TopicStatus(each.topic(), sorted(each.known().orElse(List.of())))));
        return List.copyOf(all);
    }

    TopicStatus one(String topic) {
        return new TopicStatus(topic, sorted(Replies.await(operations.bindings(topic))));
    }

    /** The bindings of a topic, as they are read. */
    record Bindings(String topic, CompletableFuture<List<String>> queues) {

        /** Returns the queues; empty if the key has the wrong type, so that nothing can be published to the topic. */
        Optional<List<String>> known() {
            try {
                return Optional.of(Replies.await(queues));
            } catch (QueueAdminException e) {
                if (String.valueOf(e.getMessage()).contains("WRONGTYPE")) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }

    /** Reads the bindings of all topics, sorted by topic. */
    List<Bindings> bindings() {
        List<String> names = Replies.await(operations.topics()).stream()
                .filter(name -> name.matches(TopicName.PATTERN))
                .sorted()
                .toList();
        List<Bindings> all = new ArrayList<>();
        for (int from = 0; from < names.size(); from += CONCURRENT_CALLS) {
            List<Bindings> some = names.subList(from, Math.min(names.size(), from + CONCURRENT_CALLS)).stream()
                    .map(topic -> new Bindings(topic, operations.bindings(topic)))
                    .toList();
            some.forEach(each -> each.queues().handle((found, failure) -> true).join());
            all.addAll(some);
        }
        return all;
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }

    boolean bind(String topic, String queue) {
        return Replies.await(operations.bind(topic, queue));
    }

    /** Ends a binding without waiting until no server uses it. Returns whether it existed. */
    private boolean remove(String topic, String queue) {
        return Replies.await(operations.unbind(topic, queue));
    }

    /** Removes the bindings whose names cannot be those of queues. Returns whether there were any. */
    boolean removeMalformed(String topic) {
        return Replies.await(operations.unbind(topic, ""));
    }

    UnbindReport unbind(String topic, String queue) {
        boolean unbound = remove(topic, queue);
        rest();
        try {
            int sending = (int) branches.all().stream()
                    .filter(branch -> branch.sent().stream()
                            .anyMatch(message -> message.queue().equals(queue)))
                    .count();
            return new UnbindReport(unbound, queues.one(queue), sending);
        } catch (QueueAdminException e) {
            throw new QueueAdminException(
                    e.kind(), "The queue is unbound, but what remains cannot be read: " + e.getMessage(), e);
        }
    }

    private void rest() {
        try {
            Thread.sleep(settled.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueAdminException(
                    Kind.UNAVAILABLE, "The queue was unbound, but the wait for publishers was interrupted.", e);
        }
    }

    /**
     * Ends all bindings of a queue.
     *
     * @param unbound the topics are added to this list, also if the call fails later
     */
    void unbindAll(String queue, List<String> unbound) {
        List<String> bound = bindings().stream()
                .filter(each -> each.known().orElse(List.of()).contains(queue))
                .map(Bindings::topic)
                .toList();
        for (String topic : bound) {
            unbound.add(topic);
            remove(topic, queue);
        }
    }
}
