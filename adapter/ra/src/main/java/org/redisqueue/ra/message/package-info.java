// SPDX-License-Identifier: Apache-2.0
/**
 * Messages as applications see them, and their conversion to and from the stored form: headers, text and JSON.
 *
 * <p>The package must not call Redis, must not quote the body of a message in an exception or a log message, and must
 * not keep classes of an application in memory after its undeployment.
 */
@NullMarked
package org.redisqueue.ra.message;

import org.jspecify.annotations.NullMarked;
