// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.internal.QueueName;

/** Checks the bindings of queues to topics. */
final class TopicCheck {

    private final Topics topics;
    private final Queues queues;

    TopicCheck(Topics topics, Queues queues) {
        this.topics = topics;
        this.queues = queues;
    }

    /**
     * Checks the bindings of all topics.
     *
     * @param queue the name of the queue whose bindings are checked; null for all queues
     * @param known the names of the queues and outboxes that are registered
     */
    List<Finding> check(@Nullable String queue, Collection<String> known) {
        List<Finding> findings = new ArrayList<>();
        for (Topics.Bindings each : topics.bindings()) {
            Optional<List<String>> bound = each.known();
            if (bound.isEmpty() && (queue == null || queue.equals(each.topic()))) {
                findings.add(new Finding(
                        Kind.WRONG_TYPE,
                        each.topic(),
                        null,
                        "The bindings of the topic cannot be read. " + Damages.describe(Kind.WRONG_TYPE, false),
                        false));
            }
            if (queue == null && bound.orElse(List.of()).stream().anyMatch(name -> !name.matches(QueueName.PATTERN))) {
                findings.add(finding(Kind.MALFORMED_BINDING, each.topic(), null, true));
            }
            for (String name : bound.orElse(List.of())) {
                if (name.matches(QueueName.PATTERN)
                        && (queue == null ? !known.contains(name) : queue.equals(name))
                        && !isUsed(name)) {
                    findings.add(finding(Kind.BINDING_WITHOUT_QUEUE, each.topic(), name, false));
                }
            }
        }
        return findings;
    }

    private static Finding finding(Kind kind, String topic, @Nullable String queue, boolean repairable) {
        return new Finding(kind, topic, queue, Damages.describe(kind, repairable), repairable);
    }

    private boolean isUsed(String queue) {
        QueueStatus status = queues.one(queue);
        return queues.isKnown(queue) || status.consumers() > 0 || !Queues.isEmpty(status);
    }

    /** Removes names that cannot be those of queues. Returns whether the topic had any. */
    boolean repair(String topic) {
        return topics.removeMalformed(Arguments.topic(topic));
    }
}
