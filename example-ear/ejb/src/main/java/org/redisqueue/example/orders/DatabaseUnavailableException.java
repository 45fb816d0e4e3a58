// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.ejb.ApplicationException;

/** Thrown during a {@link DatabaseOutage}. The annotation keeps the container from wrapping it in an EJBException. */
@ApplicationException(rollback = true)
public class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int secondsLeft;

    public DatabaseUnavailableException(int secondsLeft) {
        super("The database is unavailable for another " + secondsLeft + " s");
        this.secondsLeft = secondsLeft;
    }

    /** The number of seconds until the database is available again. */
    public int getSecondsLeft() {
        return secondsLeft;
    }
}
