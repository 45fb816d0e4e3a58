// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.message.SentMessage;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.telemetry.SendOperation;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.ResourceManager;

/** Sends the messages of a connection to a queue or to the queues of a topic. */
final class Publisher {

    private final QueueOperations operations;
    private final Sender sender;
    private final int maxBytes;
    private final Telemetry telemetry;
    private final UnaryOperator<RedisQueueException> failed;

    /** @param failed learns that a call to Redis has failed, and returns the exception to throw */
    Publisher(ResourceManager manager, Telemetry telemetry, UnaryOperator<RedisQueueException> failed) {
        this.operations = manager.operations();
        this.sender = new Sender(operations);
        this.maxBytes = manager.client().settings().getMaxMessageSize();
        this.telemetry = telemetry;
        this.failed = failed;
    }

    /**
     * Adds messages to a branch or, if there is none, sends them immediately. Returns the id of each message or of the
     * one that has its deduplication key.
     */
    List<String> send(String queue, List<?> bodies, Optional<Branch> branch) {
        return traced(telemetry.send(queue, bodies.size()), operation -> {
            List<SendRequest> messages = new ArrayList<>();
            for (Object body : bodies) {
                messages.add(SentMessage.of(queue, body, maxBytes, operation.headers()));
            }
            return sender.send(messages, branch);
        });
    }

    /**
     * Adds a message for each queue of a topic to a branch or, if there is none, sends these messages immediately.
     * Returns the ids of the messages, which are the same in each queue, or of those that have their deduplication keys in
     * all queues.
     */
    List<String> publish(String topic, List<?> bodies, Optional<Branch> branch) {
        return traced(telemetry.publish(topic, bodies.size()), operation -> {
            List<SendRequest> published = new ArrayList<>();
            for (Object body : bodies) {
                published.add(SentMessage.ofTopic(topic, body, maxBytes, operation.headers()));
            }
            return published.isEmpty() ? List.of() : fanOut(topic, published, branch, operation);
        });
    }

    private List<String> fanOut(
            String topic, List<SendRequest> published, Optional<Branch> branch, SendOperation operation) {
        List<String> queues = Replies.await(operations.topics().queues(topic));
        if (queues.isEmpty()) {
            branch.ifPresent(active -> active.send(List.of())); // refuses if it accepts no more work
            operations.unrouted().add(topic, published.size());
            operation.routed(0);
            return published.stream().map(SendRequest::id).toList();
        }
        operations.unrouted().routed(topic);
        List<SendRequest> messages = new ArrayList<>();
        for (String queue : queues) {
            published.forEach(message -> messages.add(message.to(queue)));
        }
        List<String> sent = sender.send(messages, branch);
        operation.routed(queues.size());
        return SentMessage.publishedIds(published, sent);
    }

    /** Sends messages. */
    private interface Action {

        /**
         * Returns the ids of the messages.
         *
         * @param operation provides the headers that carry the context of a trace
         */
        List<String> send(SendOperation operation);
    }

    private List<String> traced(SendOperation operation, Action action) {
        try {
            List<String> ids = action.send(operation);
            operation.sent(ids);
            return ids;
        } catch (RedisCallException e) {
            operation.failed(e);
            throw failed.apply(e);
        } catch (RuntimeException | Error e) {
            operation.failed(e);
            throw e;
        }
    }
}
