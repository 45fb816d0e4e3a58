// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Another resource manager, which runs an action of the test in its prepare phase. */
public final class OtherResource implements XAResource {

    /** The action in the prepare phase. */
    public interface Preparation {
        void run() throws XAException;
    }

    private final Preparation preparation;

    private OtherResource(Preparation preparation) {
        this.preparation = preparation;
    }

    /** Enlists a new resource in the current transaction, after the existing ones. */
    public static void enlist(Preparation preparation) {
        try {
            transactionManager().getTransaction().enlistResource(new OtherResource(preparation));
        } catch (ReflectiveOperationException | RollbackException | SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Not specified by Jakarta EE: its JNDI name depends on the server. */
    private static TransactionManager transactionManager() throws ReflectiveOperationException {
        for (String name : List.of("java:jboss/TransactionManager", "java:appserver/TransactionManager")) {
            try {
                return InitialContext.doLookup(name);
            } catch (NamingException e) {
                continue; // not this server
            }
        }
        return (TransactionManager) Class.forName("com.ibm.tx.jta.TransactionManagerFactory")
                .getMethod("getTransactionManager")
                .invoke(null);
    }

    /** Refuses to prepare. */
    public static void refuse() throws XAException {
        throw new XAException(XAException.XA_RBINTEGRITY);
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        preparation.run();
        return XA_OK;
    }

    @Override
    public void start(Xid xid, int flags) {}

    @Override
    public void end(Xid xid, int flags) {}

    @Override
    public void commit(Xid xid, boolean onePhase) {}

    @Override
    public void rollback(Xid xid) {}

    @Override
    public void forget(Xid xid) {}

    @Override
    public Xid[] recover(int flags) {
        return new Xid[0];
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
