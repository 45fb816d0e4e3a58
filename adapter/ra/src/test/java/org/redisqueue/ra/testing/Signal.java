// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What an operating system tells a process. */
public enum Signal {
    /** To stand still: its connections stay open and nobody answers. */
    STOP,
    /** To go on. */
    CONT,
    /** To end at once. */
    KILL;

    public void send(long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("Process " + pid + " cannot be told to " + this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
