// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.SQLException;
import org.redisqueue.it.app.Database;

/** Joins the transaction of its caller. */
@ApplicationScoped
public class Bookkeeping {

    @Transactional(TxType.MANDATORY)
    public void note(String text) throws SQLException {
        Database.insert(text);
    }
}
