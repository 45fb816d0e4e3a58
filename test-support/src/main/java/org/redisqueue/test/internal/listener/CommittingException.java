// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

/** Carries an exception of a listener after which the transaction of the delivery commits. */
public final class CommittingException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Throwable thrown;

    CommittingException(Throwable thrown) {
        super(thrown);
        this.thrown = thrown;
    }

    /** {@return what the listener has thrown} */
    public Throwable thrown() {
        return thrown;
    }
}
