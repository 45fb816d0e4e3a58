// SPDX-License-Identifier: Apache-2.0
/** Processes: starting, stopping, logs and ports. Must not depend on what runs in a process. */
@NullMarked
package org.redisqueue.launchers.process;

import org.jspecify.annotations.NullMarked;
