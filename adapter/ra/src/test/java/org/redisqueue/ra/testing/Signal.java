// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal of the operating system to a process. */
public enum Signal {
    /** Freezes the process: its connections stay open, but it does not answer. */
    STOP,
    /** Continues a frozen process. */
    CONT,
    /** Ends the process immediately. */
    KILL;

    public void send(long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("Cannot send " + this + " to process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
