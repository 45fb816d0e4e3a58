// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Another resource in a transaction, which runs an action of the test in its prepare phase. */
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
    public static void enlist(TransactionManager transactions, Preparation preparation) {
        try {
            transactions.getTransaction().enlistResource(new OtherResource(preparation));
        } catch (RollbackException | SystemException e) {
            throw new IllegalStateException(e);
        }
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
