// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.SentMessage;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.TopicOperations;
import org.redisqueue.ra.telemetry.SendOperation;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.OneTransaction;
import org.redisqueue.ra.transaction.ResourceManager;

/** Sends the messages of a connection to a queue or to the queues of a topic. */
final class Outbox {

    private final QueueOperations operations;
    private final int maxBytes;
    private final Telemetry telemetry;
    private final UnaryOperator<RedisQueueException> failed;

    /** @param failed learns that a call to Redis has failed, and returns the exception to throw */
    Outbox(ResourceManager manager, Telemetry telemetry, UnaryOperator<RedisQueueException> failed) {
        this.operations = manager.operations();
        this.maxBytes = manager.client().settings().getMaxMessageSize();
        this.telemetry = telemetry;
        this.failed = failed;
    }

    /** Adds messages to a branch or, if there is none, sends them immediately. Returns their ids. */
    List<String> send(String queue, List<?> bodies, Optional<Branch> branch) {
        return traced(telemetry.send(queue, bodies.size()), operation -> {
            List<SendRequest> messages = new ArrayList<>();
            for (Object body : bodies) {
                messages.add(SentMessage.of(queue, body, maxBytes, operation.headers()));
            }
            dispatch(messages, branch);
            return messages;
        });
    }

    /**
     * Adds a message for each queue of a topic to a branch or, if there is none, sends these messages immediately.
     * Returns the ids of the messages, which are the same in each queue.
     */
    List<String> publish(String topic, List<?> bodies, Optional<Branch> branch) {
        return traced(telemetry.publish(topic, bodies.size()), operation -> {
            List<SendRequest> published = new ArrayList<>();
            for (Object body : bodies) {
                published.add(SentMessage.ofTopic(topic, body, maxBytes, operation.headers()));
            }
            if (!published.isEmpty()) {
                operation.routed(fanOut(topic, published, branch));
            }
            return published;
        });
    }

    /** Returns the number of queues. */
    private int fanOut(String topic, List<SendRequest> published, Optional<Branch> branch) {
        TopicOperations topics = operations.topics();
        List<String> queues = await(topics.queues(topic));
        if (queues.isEmpty()) {
            branch.ifPresent(active -> active.send(List.of())); // refuses if it accepts no more work
            topics.unrouted(topic, published.size());
            return 0;
        }
        topics.routed(topic);
        List<SendRequest> messages = new ArrayList<>();
        for (String queue : queues) {
            OneTransaction.require(operations, queues.get(0), queue);
            published.forEach(message -> messages.add(message.to(queue)));
        }
        dispatch(messages, branch);
        return queues.size();
    }

    private void dispatch(List<SendRequest> messages, Optional<Branch> branch) {
        if (branch.isPresent()) {
            branch.get().send(messages);
        } else if (!messages.isEmpty()) {
            await(operations.send(messages))
                    .forEach(duplicate -> LogMessage.DUPLICATE_SEND.log(duplicate.queue(), duplicate.id()));
        }
    }

    /** Sends messages. */
    private interface Action {

        /**
         * Returns the messages.
         *
         * @param operation provides the headers that carry the context of a trace
         */
        List<SendRequest> send(SendOperation operation);
    }

    private static List<String> traced(SendOperation operation, Action action) {
        try {
            List<SendRequest> messages = action.send(operation);
            operation.sent(messages);
            return messages.stream().map(SendRequest::id).toList();
        } catch (RuntimeException | Error e) {
            operation.failed(e);
            throw e;
        }
    }

    private <T> T await(CompletableFuture<T> call) {
        try {
            return Replies.await(call);
        } catch (RedisCallException e) {
            throw failed.apply(e);
        }
    }
}
