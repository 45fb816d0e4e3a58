// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.time.Duration;

/** The CPU time of processes. */
public final class ProcessorTime {

    private ProcessorTime() {}

    static Duration of(Process process) {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }
}
