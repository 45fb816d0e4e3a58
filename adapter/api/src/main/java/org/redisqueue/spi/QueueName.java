// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

/** What can name a queue. */
public final class QueueName {

    /** As a regular expression. */
    public static final String PATTERN = "[A-Za-z0-9._:-]{1,200}";

    private QueueName() {}

    /**
     * The same name.
     *
     * @throws IllegalArgumentException if it cannot name a queue
     */
    public static String require(String queue) {
        if (queue == null || !queue.matches(PATTERN)) {
            throw new IllegalArgumentException("RQ-106 Queue name '" + PrintableText.of(queue)
                    + "' is not 1 to 200 characters of A-Z a-z 0-9 . _ : -");
        }
        return queue;
    }
}
