// SPDX-License-Identifier: Apache-2.0
/**
 * Listeners and senders for CDI beans, as a portable extension that is part of the application.
 *
 * <p>The extension finds listener methods, activates them with a connection factory of the adapter, and calls them in a
 * transaction that the container begins.
 *
 * <p>The package depends on the API of the adapter, on Jakarta EE and, if the server has it, on MicroProfile Config. It
 * must not depend on the adapter or on Redis, must not use classes of a particular server, and must not acknowledge or
 * redeliver messages, which is the task of the adapter.
 */
@NullMarked
package org.redisqueue.cdi;

import org.jspecify.annotations.NullMarked;
