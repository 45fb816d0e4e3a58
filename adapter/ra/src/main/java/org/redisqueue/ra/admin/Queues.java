// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.protocol.OutboxName;
import org.redisqueue.ra.protocol.OverviewOperations;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.QueueState;

/** The state of queues: counts, history and pauses. */
final class Queues {

    private static final Duration LONGEST_PAUSE = Duration.ofDays(365);

    private final OverviewOperations operations;
    private final Servers servers;

    Queues(QueueOperations operations, Servers servers) {
        this.operations = operations.admin().overview();
        this.servers = servers;
    }

    /** Returns the state of each queue, and of each outbox that is not empty; of no outbox if Redis refuses to list them. */
    List<QueueStatus> all() {
        List<String> names = new ArrayList<>(names());
        try {
            names.addAll(outboxes());
        } catch (QueueAdminException e) {
            if (e.kind() == Kind.UNAVAILABLE) {
                throw e;
            }
        }
        return statuses(names.stream().sorted().toList()).stream()
                .filter(status -> !OutboxName.matches(status.name()) || !isEmpty(status))
                .toList();
    }

    /** Returns the valid names of all queues, sorted. */
    List<String> names() {
        return Replies.await(operations.names()).stream()
                .filter(name -> name.matches(QueueName.PATTERN))
                .sorted()
                .toList();
    }

    /** Returns the valid names of all outboxes, sorted. */
    List<String> outboxes() {
        return Replies.await(operations.outboxes()).stream()
                .filter(OutboxName::matches)
                .sorted()
                .toList();
    }

    /** Returns whether a queue is registered: adapters have used it, and it has not been empty for a day. */
    boolean isKnown(String queue) {
        return Replies.await(operations.names()).contains(queue);
    }

    /** Returns whether a queue has no messages. */
    static boolean isEmpty(QueueStatus status) {
        return status.ready()
                        + status.scheduled()
                        + status.waiting()
                        + status.redelivering()
                        + status.delivering()
                        + status.inDoubt()
                        + status.dead()
                == 0;
    }

    QueueStatus one(String queue) {
        return statuses(List.of(queue)).get(0);
    }

    /** Returns the number of listeners that consume a queue now. Fails if heartbeats cannot be read. */
    int consumers(String queue) {
        return servers.consumersNow(queue);
    }

    private List<QueueStatus> statuses(List<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        Map<String, Integer> consumers = servers.consumers();
        List<QueueStatus> statuses = new ArrayList<>();
        while (statuses.size() < names.size()) {
            for (QueueState state : Replies.await(operations.first(names.subList(statuses.size(), names.size())))) {
                statuses.add(status(state, consumers.getOrDefault(state.queue(), 0)));
            }
        }
        return List.copyOf(statuses);
    }

    private static QueueStatus status(QueueState state, int consumers) {
        Instant now = Instant.ofEpochMilli(state.nowMillis());
        Optional<Instant> since = SendTime.readySince(state.nextId(), state.nextHead());
        return new QueueStatus(
                state.queue(),
                state.ready(),
                state.scheduled(),
                state.waiting(),
                state.redelivering(),
                state.delivering(),
                state.inDoubt(),
                state.dead(),
                since.map(time -> age(time, now)).orElse(null),
                state.pauseMillis() != QueueState.NOT_PAUSED,
                state.pauseMillis() < 0 ? null : now.plusMillis(state.pauseMillis()),
                consumers,
                state.delivered(),
                state.failed(),
                Settings.byName(state.settings()));
    }

    /** The time since then. The clock of a sender may be ahead. */
    private static Duration age(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    QueueHistory history(String queue, int minutes) {
        OverviewOperations.DeliveryHistory history = Replies.await(operations.history(queue, minutes));
        return new QueueHistory(
                queue, Instant.ofEpochSecond(history.firstMinute() * 60), history.delivered(), history.failed());
    }

    void pause(String queue, @Nullable Duration duration) {
        if (duration != null && (duration.toSeconds() < 1 || duration.compareTo(LONGEST_PAUSE) > 0)) {
            throw new QueueAdminException(
                    Kind.INVALID, "A pause must last from 1 second to 365 days, but " + duration + " was given.");
        }
        Replies.await(operations.pause(queue, duration == null ? 0 : duration.toMillis()));
    }

    void resume(String queue) {
        Replies.await(operations.resume(queue));
    }
}
