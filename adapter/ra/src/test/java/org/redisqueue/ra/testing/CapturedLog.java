// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged from now on, instead of on the console. */
public final class CapturedLog extends Handler implements AutoCloseable {

    private final Logger logger;
    private final boolean toParents;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** The adapter's log. */
    public CapturedLog() {
        this("org.redisqueue");
    }

    /** The log of a logger and those below it. */
    public CapturedLog(String name) {
        logger = Logger.getLogger(name);
        toParents = logger.getUseParentHandlers();
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** The messages, the oldest first. */
    public List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord entry) {
        lines.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(toParents);
    }
}
