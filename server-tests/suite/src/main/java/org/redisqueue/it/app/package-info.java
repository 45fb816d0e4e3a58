// SPDX-License-Identifier: Apache-2.0
/**
 * What the tests deploy with them: listeners, beans, and access to Redis and to the database. It runs in the server, so
 * it must not use classes that are not deployed, such as those that start servers.
 */
package org.redisqueue.it.app;
