// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Cancels scheduled messages. */
public final class ScheduleOperations {

    private final RedisCalls calls;

    ScheduleOperations(RedisCalls calls) {
        this.calls = calls;
    }

    /**
     * Removes a scheduled message that has not been published yet. A {@linkplain Lanes numbered call}, which does not
     * share its round trip with others.
     *
     * @return whether this call removed the message
     */
    public CompletableFuture<Boolean> cancel(String queue, String id) {
        Keys keys = calls.keys();
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.message(queue, id))
                .key(keys.scheduled(queue))
                .key(keys.expiry(queue))
                .add(id);
        CompletableFuture<List<Boolean>> canceled =
                calls.inLane(queue, "cancel", Script.CANCEL, arguments, 0, report -> List.of(!report.isEmpty()));
        return RedisCalls.mapped(canceled, all -> all.get(0));
    }
}
