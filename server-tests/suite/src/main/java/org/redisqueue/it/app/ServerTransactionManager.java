// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.transaction.TransactionManager;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** The transaction manager of the server. */
public final class ServerTransactionManager {

    private ServerTransactionManager() {}

    /** Not specified by Jakarta EE: its JNDI name depends on the server. */
    public static TransactionManager lookUp() {
        for (String name : List.of("java:jboss/TransactionManager", "java:appserver/TransactionManager")) {
            try {
                return InitialContext.doLookup(name);
            } catch (NamingException e) {
                continue; // not this server
            }
        }
        try {
            return (TransactionManager) Class.forName("com.ibm.tx.jta.TransactionManagerFactory")
                    .getMethod("getTransactionManager")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
