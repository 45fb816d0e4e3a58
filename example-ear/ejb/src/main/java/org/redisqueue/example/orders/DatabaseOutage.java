// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/**
 * A switch that makes the database unavailable for some time, to demonstrate the circuit breaker.
 *
 * <p>All servers that share the database read the end of the outage from it, and compare it with the clock of the database.
 * The outage therefore ends on time even if the server that began it has been killed.
 */
@Stateless
public class DatabaseOutage {

    @PersistenceContext
    private EntityManager database;

    /** Begins an outage. Has no effect during an outage. */
    public void begin(int seconds) {
        if (secondsLeft() == 0) {
            database.createNativeQuery("merge into outage (id, ends_at) key (id)"
                            + " values (1, dateadd(second, ?1, current_timestamp))")
                    .setParameter(1, seconds)
                    .executeUpdate();
        }
    }

    /** Returns the number of seconds until the database is available again, rounded up; 0 if it is available. */
    public int secondsLeft() {
        var milliseconds = (Number) database.createNativeQuery(
                        "select coalesce(max(datediff(millisecond, current_timestamp, ends_at)), 0) from outage")
                .getSingleResult();
        return (int) Math.max(0, (milliseconds.longValue() + 999) / 1000);
    }
}
