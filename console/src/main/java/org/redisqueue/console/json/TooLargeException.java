// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

/** Reports that a request body exceeds {@link RequestBody#MAX_SIZE}. */
public final class TooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells the maximum. */
    public TooLargeException() {
        super("The request body must not be larger than " + RequestBody.MAX_SIZE + " bytes.");
    }
}
