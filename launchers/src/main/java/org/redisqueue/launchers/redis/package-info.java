// SPDX-License-Identifier: Apache-2.0
/** The bundled redis-server. */
package org.redisqueue.launchers.redis;
