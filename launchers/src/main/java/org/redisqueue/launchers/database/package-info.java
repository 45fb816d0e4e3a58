// SPDX-License-Identifier: Apache-2.0
/** The H2 database of the order desk, and its recovery while the server is down. */
@NullMarked
package org.redisqueue.launchers.database;

import org.jspecify.annotations.NullMarked;
