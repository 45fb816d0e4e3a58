// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Optional;

/**
 * A message that was not sent because another message has its deduplication key.
 *
 * @param message the message that was not sent
 * @param kept the id of the message that has the key; empty if a prepared branch reserves the key, so that this message
 *     does not exist yet
 */
public record KeyConflict(SendRequest message, Optional<String> kept) {

    /** The conflicts in a list of numbers of sent messages, each with the id of the message that has the key. */
    static List<KeyConflict> of(List<SendRequest> sent, List<Object> reported) {
        return reported.stream()
                .map(Reply::list)
                .map(each -> new KeyConflict(
                        sent.get(Reply.integer(each.get(0)) - 1),
                        Optional.of(Reply.text(each.get(1))).filter(id -> !id.isEmpty())))
                .toList();
    }

    /** Describes why a transaction with this message cannot commit. */
    public String description() {
        return "deduplication key '" + message.deduplicationKey().orElse("") + "' of queue '" + message.queue() + "' "
                + kept.map(id -> "belongs to message '" + id + "'")
                        .orElse("is reserved by a transaction that has not ended");
    }
}
