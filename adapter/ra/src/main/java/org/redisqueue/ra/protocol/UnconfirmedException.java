// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Thrown when Redis has answered a call, but a failover or a crash may undo what the call has written. */
final class UnconfirmedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnconfirmedException(String message) {
        super(message);
    }
}
