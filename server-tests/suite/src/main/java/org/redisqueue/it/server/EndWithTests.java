// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Processes that must not outlive the tests, however these end. */
public final class EndWithTests {

    private static final Set<ProcessHandle> PROCESSES = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> PROCESSES.forEach(ProcessHandle::destroyForcibly)));
    }

    private EndWithTests() {}

    /** Ends it when the tests' JVM does, unless it has ended before. */
    public static void remember(ProcessHandle process) {
        PROCESSES.add(process);
        process.onExit().thenAccept(PROCESSES::remove);
    }
}
