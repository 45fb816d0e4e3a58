// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Processes that do not outlive this one. */
public final class EndWithJvm {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private EndWithJvm() {}

    public static void add(Process process) {
        RUNNING.add(process);
    }

    /** Ends it at once. */
    public static void end(Process process) {
        process.destroyForcibly().onExit().join();
        RUNNING.remove(process);
    }
}
