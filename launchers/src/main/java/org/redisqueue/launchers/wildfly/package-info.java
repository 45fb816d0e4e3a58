// SPDX-License-Identifier: Apache-2.0
/** WildFly. */
@NullMarked
package org.redisqueue.launchers.wildfly;

import org.jspecify.annotations.NullMarked;
