// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;

/** What a queue holds. */
public record Inspection(QueueCounts counts, List<DeadLetter> deadLetters) {}
