// SPDX-License-Identifier: Apache-2.0
/** Databases that several servers use. */
package org.redisqueue.it.database;
