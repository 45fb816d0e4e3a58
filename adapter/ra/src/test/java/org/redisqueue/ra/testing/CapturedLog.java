// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Captures what the adapter logs, instead of printing it on the console. */
public final class CapturedLog extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("org.redisqueue");
    private final boolean toParents = logger.getUseParentHandlers();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Throwable> causes = new CopyOnWriteArrayList<>();

    public CapturedLog() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** The messages, the oldest first. */
    public List<String> lines() {
        return lines;
    }

    /** The exceptions that were logged with their stack traces. */
    public List<Throwable> causes() {
        return causes;
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getThrown() != null) {
            causes.add(entry.getThrown());
        }
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
