// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads the records of prepared branches. */
public final class BranchAdminOperations {

    private static final int MAX_MESSAGES = 1_000;
    private static final int CURSOR_AND_TIME = 2;

    private final RedisCalls calls;
    private final Keys keys;

    BranchAdminOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /**
     * A message of a branch.
     *
     * @param queue name of the queue
     * @param id id of the message
     */
    public record Message(String queue, String id) {}

    /**
     * The record of a prepared branch.
     *
     * @param home the queue that holds the record
     * @param preparedMillis when it was prepared, in milliseconds since 1970; 0 if unknown
     * @param nowMillis the time of Redis, in milliseconds since 1970
     * @param consumed up to 1,000 of the messages that it consumes
     * @param sent up to 1,000 of the messages that it sends
     * @param malformed why the record is malformed; empty if it is not
     */
    public record PreparedBranch(
            String branch,
            String home,
            long preparedMillis,
            long nowMillis,
            List<Message> consumed,
            List<Message> sent,
            String malformed) {}

    /** Reads the records of all branches of a queue, with as many calls as necessary. */
    public CompletableFuture<List<PreparedBranch>> records(String queue) {
        return records(queue, MAX_MESSAGES);
    }

    /**
     * Reads the records of all branches of a queue, with as many calls as necessary.
     *
     * @param most how many consumed and how many sent messages of a branch to list, up to 10,000
     */
    public CompletableFuture<List<PreparedBranch>> records(String queue, int most) {
        return records(queue, most, "0", new ArrayList<>());
    }

    private CompletableFuture<List<PreparedBranch>> records(
            String queue, int most, String cursor, List<PreparedBranch> found) {
        return calls.run(Script.PREPARED, List.of(keys.prepared(queue)), List.of(cursor, most))
                .thenCompose(reply -> {
                    for (Object each : reply.subList(CURSOR_AND_TIME, reply.size())) {
                        found.add(read(queue, (Long) reply.get(1), Reply.list(each)));
                    }
                    String next = Reply.text(reply.get(0));
                    return next.equals("0")
                            ? CompletableFuture.completedFuture(found)
                            : records(queue, most, next, found);
                });
    }

    private static PreparedBranch read(String queue, long now, List<Object> found) {
        return new PreparedBranch(
                Reply.text(found.get(0)),
                queue,
                (Long) found.get(1),
                now,
                messages(Reply.texts(Reply.list(found.get(2)))),
                messages(Reply.texts(Reply.list(found.get(3)))),
                Reply.text(found.get(4)));
    }

    private static List<Message> messages(List<String> names) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < names.size(); i += 2) {
            messages.add(new Message(names.get(i), names.get(i + 1)));
        }
        return messages;
    }
}
