// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Kills processes when this JVM ends, so that none outlives it. */
public final class EndWithJvm {

    private static final Set<ProcessHandle> PROCESSES = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(EndWithJvm::killAll));
    }

    private EndWithJvm() {}

    /** Also kills what the processes have started: a killed shell would leave its server running. */
    private static void killAll() {
        PROCESSES.forEach(process -> {
            process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    /** Kills the process when this JVM ends, unless it has ended before. */
    public static void add(ProcessHandle process) {
        PROCESSES.add(process);
        process.onExit().thenAccept(PROCESSES::remove);
    }

    /** Kills the process now, and waits until it has ended. */
    public static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }
}
