// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message in a list, without its body.
 *
 * @param id the id of the message; shortened if it is longer than 200 bytes
 * @param place the place of the message
 * @param size the size of the headers and the body in bytes; 0 if the message no longer exists
 * @param sent when it was sent; null if its producer did not record it
 * @param since when the message was dead-lettered; null for other places
 * @param due when the message is redelivered or its lease ends; null for places without a due time
 * @param expires when the message expires; null if it does not
 * @param deliveries the number of failed and abandoned deliveries
 * @param reason why the message was dead-lettered; null for other places
 * @param holder who has claimed it; null if nobody has
 * @param branch the transaction branch that has consumed it, as in {@link InDoubtBranch#xid}; null if there is none
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
        @Nullable String branch) {}
