// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.Locale;

/** The work of a listener for each message. */
public enum Work {
    /** Nothing: a transaction of one resource. */
    NOTHING,
    /** Writes a row in a database: a transaction of two resources. */
    ROW,
    /** Sends the body on to another queue. */
    ON,
    /** Records the latency of the message. */
    TIME;

    /** Suffix of the queues in Redis. */
    public static final String REDIS = "-redis";

    /** Suffix of the queues in Redis with a CDI bean as the listener. */
    public static final String CDI = "-cdi";

    /** Suffix of the queues in Redis whose listener receives batches. */
    public static final String BATCH = "-batch";

    /** Suffix of the queues in the embedded broker. */
    public static final String EMBEDDED = "-embedded";

    /** Suffix of the queues in the broker in a separate process. */
    public static final String REMOTE = "-remote";

    /** Prefix of the queues to which {@link #ON} sends. */
    public static final String DONE = "done";

    /** The queue for this work. */
    public String queue(String end) {
        return name().toLowerCase(Locale.ROOT) + end;
    }

    /** The work for the messages of this queue. */
    static Work of(String queue) {
        return valueOf(queue.substring(0, queue.indexOf('-')).toUpperCase(Locale.ROOT));
    }
}
