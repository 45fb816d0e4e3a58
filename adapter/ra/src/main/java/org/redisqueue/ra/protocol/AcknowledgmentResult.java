// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * The result of an acknowledgment.
 *
 * @param lost the leases that are no longer held; if there are any, the transaction had no effect
 * @param duplicates the messages that were not sent because their ids are in use
 * @param dropped the messages that were not sent because other messages have their deduplication keys
 * @param refused the messages because of whose deduplication keys the transaction had no effect
 */
public record AcknowledgmentResult(
        List<Lease> lost, List<SendRequest> duplicates, List<KeyConflict> dropped, List<KeyConflict> refused) {

    /** Creates the result of a transaction without conflicts of deduplication keys. */
    public AcknowledgmentResult(List<Lease> lost, List<SendRequest> duplicates) {
        this(lost, duplicates, List.of(), List.of());
    }

    static AcknowledgmentResult of(AcknowledgmentRequest transaction, List<Object> entry) {
        List<SendRequest> sent = transaction.sent();
        return new AcknowledgmentResult(
                Reply.named(transaction.consumed(), Reply.list(entry.get(1))),
                Reply.list(entry.get(2)).stream()
                        .map(number -> sent.get(Reply.integer(number) - 1))
                        .toList(),
                entry.size() > 3 ? KeyConflict.of(sent, Reply.list(entry.get(3))) : List.of(),
                entry.size() > 4 ? KeyConflict.of(sent, Reply.list(entry.get(4))) : List.of());
    }

    /** Whether the transaction took effect. */
    public boolean done() {
        return lost.isEmpty() && refused.isEmpty();
    }
}
