// SPDX-License-Identifier: Apache-2.0
/**
 * The API for applications: listeners and the messages that they receive, connections, senders, and the messages that
 * applications send.
 *
 * <p>This package is the public API. It must stay compatible within a major version, and must not depend on Redis, on
 * Redisson or on the resource adapter: applications need only it and the Jakarta EE API to compile.
 */
@NullMarked
package org.redisqueue;

import org.jspecify.annotations.NullMarked;
