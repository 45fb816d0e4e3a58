// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.ra.client.Failures;

/** Reads from Redis without changing anything. */
final class InspectOperations {

    private final RedisCalls calls;

    InspectOperations(RedisCalls calls) {
        this.calls = calls;
    }

    /** {@link QueueOperations#inspect}. */
    CompletableFuture<InspectionResult> inspect(String queue, int deadLetters) {
        Keys keys = calls.keys();
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.ready(queue))
                .key(keys.processing(queue))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .key(keys.arrived(queue))
                .add(deadLetters);
        return calls.run(Script.INSPECT, arguments.keys(), arguments.values()).thenApply(InspectOperations::contents);
    }

    /** {@link QueueOperations#answers}. */
    CompletableFuture<Boolean> answers() {
        return calls.call(
                        "exists",
                        redisson ->
                                redisson.getKeys().countExistsAsync(calls.keys().queues()))
                .handle((found, failure) -> failure == null
                        || Failures.unwrap(failure) instanceof RedisCallException refused
                                && !refused.connectionLost()
                                && !refused.isTemporary());
    }

    private static InspectionResult contents(List<Object> reply) {
        QueueCounts counts = new QueueCounts(
                (Long) reply.get(0), (Long) reply.get(1), (Long) reply.get(2), (Long) reply.get(4), (Long)
                        reply.get(5));
        List<DeadLetter> letters = new ArrayList<>();
        List<Object> found = Reply.list(reply.get(3));
        for (int i = 0; i < found.size(); i += 4) {
            letters.add(new DeadLetter(
                    Reply.text(found.get(i)),
                    Reply.text(found.get(i + 2)),
                    Reply.integer(found.get(i + 3)),
                    Instant.ofEpochMilli((Long) found.get(i + 1))));
        }
        return new InspectionResult(counts, letters);
    }
}
