// SPDX-License-Identifier: Apache-2.0
/** The contracts between a server and the programs that start it. Must not depend on a specific server. */
@NullMarked
package org.redisqueue.launchers.server;

import org.jspecify.annotations.NullMarked;
