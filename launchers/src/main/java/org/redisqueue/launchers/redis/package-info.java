// SPDX-License-Identifier: Apache-2.0
/** The bundled redis-server. */
@NullMarked
package org.redisqueue.launchers.redis;

import org.jspecify.annotations.NullMarked;
