// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message without its headers and its body, as lists show it.
 *
 * @param id the id of the message; shortened if it is longer than 200 bytes
 * @param place the place of the message
 * @param size the size of headers and body in bytes; 0 if the message no longer exists
 * @param sent when the message was sent; null if its producer did not record the time
 * @param since when the message was dead-lettered; null unless it is a dead letter
 * @param due when the message is delivered, for a scheduled one; when it is redelivered; or when its lease ends; null if
 *     none of these applies
 * @param expires when the message expires; null if it does not expire
 * @param deliveries the number of failed and abandoned deliveries
 * @param reason why the message was dead-lettered or, in {@link QueueAdmin#message}, for which message of its group it waits;
 *     null for other messages
 * @param holder who has claimed the message; null if it is not claimed
 * @param branch the prepared branch that has consumed the message, as in {@link InDoubtBranch#xid}; null if there is none
 * @param group the group within which the message is delivered in sequence; null if it belongs to none
 * @param priority the priority of the message, -10 to 10, by default 0
 */
public record MessageSummary(
        String id,
        Place place,
        long size,
        @Nullable Instant sent,
        @Nullable Instant since,
        @Nullable Instant due,
        @Nullable Instant expires,
        int deliveries,
        @Nullable String reason,
        @Nullable Holder holder,
        @Nullable String branch,
        @Nullable String group,
        int priority) {}
