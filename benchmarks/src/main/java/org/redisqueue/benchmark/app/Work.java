// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The work of a listener for each message. */
public enum Work {
    /** Nothing: a transaction of one resource. */
    NOTHING,
    /** Writes a row in an H2 database in memory: a transaction of two resources. */
    ROW("H2"),
    /** Writes a row in PostgreSQL, which takes part as an XA resource. */
    ROW_POSTGRESQL("PostgreSql"),
    /** Writes a row in PostgreSQL, which takes part as a commit-markable resource of Narayana. */
    ROW_CMR("PostgreSqlCmr"),
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

    /** Suffix of the supplies in memory, without a broker. */
    public static final String NULL = "-null";

    /** Prefix of the queues to which {@link #ON} sends. */
    public static final String DONE = "done";

    private final @Nullable String database;

    Work() {
        this(null);
    }

    /** @param database the name of the data source in which it writes a row */
    Work(@Nullable String database) {
        this.database = database;
    }

    /** Whether it writes a row. */
    public boolean hasRow() {
        return database != null;
    }

    /** The JNDI name of the data source in which it writes a row. */
    String database() {
        return "java:jboss/datasources/" + Objects.requireNonNull(database, name());
    }

    /** The name in options, results and queues. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The queue for this work. */
    public String queue(String end) {
        return label() + end;
    }

    /** The work for the messages of this queue. */
    static Work of(String queue) {
        return valueOf(queue.substring(0, queue.lastIndexOf('-'))
                .toUpperCase(Locale.ROOT)
                .replace('-', '_'));
    }
}
