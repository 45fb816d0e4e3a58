// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar.upgrade;

import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that agrees to everything, so that transactions commit in two phases. It is prepared after Redis. */
final class OtherResource implements XAResource {

    private static volatile boolean halting;

    private OtherResource() {}

    /** Enlists a new resource in the current transaction. */
    static void enlist(TransactionManager transactions) {
        try {
            transactions.getTransaction().enlistResource(new OtherResource());
        } catch (SystemException | RollbackException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on, preparing it ends the JVM. */
    static void halt() {
        halting = true;
    }

    @Override
    public int prepare(Xid branch) {
        if (halting) {
            Runtime.getRuntime().halt(1);
        }
        return XA_OK;
    }

    @Override
    public void start(Xid branch, int flags) {}

    @Override
    public void end(Xid branch, int flags) {}

    @Override
    public void commit(Xid branch, boolean onePhase) {}

    @Override
    public void rollback(Xid branch) {}

    @Override
    public void forget(Xid branch) {}

    @Override
    public Xid[] recover(int flag) {
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
