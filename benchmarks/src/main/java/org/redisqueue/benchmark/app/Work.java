// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.Locale;

/** What a listener does with a message. */
public enum Work {
    /** Nothing: a transaction of one resource. */
    NOTHING,
    /** Writes a row in a database: a transaction of two resources. */
    ROW,
    /** Sends the body on to another queue. */
    ON,
    /** Notes how long it took to come. */
    TIME;

    /** What the names of queues end with that are in Redis. */
    public static final String REDIS = "-redis";

    /** What the names of queues end with that are in Redis, and a CDI bean listens to. */
    public static final String CDI = "-cdi";

    /** What the names of queues end with that the server's own broker has. */
    public static final String EMBEDDED = "-embedded";

    /** What the names of queues end with that a broker in another process has. */
    public static final String REMOTE = "-remote";

    /** What the names of queues begin with that {@link #ON} sends to. */
    public static final String DONE = "done";

    /** The queue whose messages it is done for. */
    public String queue(String end) {
        return name().toLowerCase(Locale.ROOT) + end;
    }

    /** What is to be done for messages of this queue. */
    static Work of(String queue) {
        return valueOf(queue.substring(0, queue.indexOf('-')).toUpperCase(Locale.ROOT));
    }
}
