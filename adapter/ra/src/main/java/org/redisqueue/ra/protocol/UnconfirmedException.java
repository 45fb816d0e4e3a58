// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Thrown when Redis has executed a call, but the loss of its server may undo it. */
final class UnconfirmedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnconfirmedException(String message) {
        super(message);
    }
}
