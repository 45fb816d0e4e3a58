// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;

/**
 * The contents of a queue.
 *
 * @param counts the numbers of messages in each state
 * @param deadLetters the latest dead letters
 */
public record InspectionResult(QueueCounts counts, List<DeadLetter> deadLetters) {}
