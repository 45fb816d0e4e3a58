// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.batch;

import java.sql.SQLException;
import java.util.List;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Database;

/** Writes a row for each message of a batch. */
public final class BookedRows {

    /** Prefix of a body that fails after its row has been written. */
    public static final String POISON = "poison ";

    private BookedRows() {}

    static void book(String listener, List<String> bodies) {
        Calls.record(listener, bodies.toArray());
        try {
            for (String body : bodies) {
                Database.insert(body);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        if (bodies.stream().anyMatch(body -> body.startsWith(POISON))) {
            throw new IllegalStateException("poison");
        }
    }
}
