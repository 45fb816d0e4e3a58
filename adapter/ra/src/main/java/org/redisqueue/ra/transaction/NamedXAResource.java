// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;

/**
 * A {@link RedisXAResource} under the name of its Redis, as Narayana reads it. To be made by {@link NamedResources}
 * alone: its interface is not there in every server, and not where this class would look for it.
 *
 * <p>While the branches of a queue cannot be listed, it has no name for recovery: Narayana still ends the branches that
 * are listed, and drops no branch from its log for not being listed.
 */
public final class NamedXAResource implements XAResourceWrapper {

    private static final String RECOVERY = "com.arjuna.ats.internal.jta.recovery.";

    private final RedisXAResource resource;
    private final String name;
    private volatile boolean named;

    public NamedXAResource(RedisXAResource resource, String name) {
        this.resource = resource;
        this.name = name;
    }

    @Override
    public XAResource getResource() {
        return resource;
    }

    @Override
    public String getProductName() {
        return ResourceManager.PRODUCT;
    }

    @Override
    public String getProductVersion() {
        return ResourceManager.PRODUCT_VERSION;
    }

    /**
     * Nothing is bound in JNDI under this name.
     *
     * @return null if recovery asks and some branches only can be listed
     */
    @Override
    public String getJndiName() {
        named = resource.listsAllBranches() || !isAskedByRecovery();
        return named ? name : null;
    }

    private static boolean isAskedByRecovery() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(RECOVERY)));
    }

    /** Whether the other one is of the same Redis, however often it is wrapped. */
    @Override
    public boolean isSameRM(XAResource other) {
        XAResource unwrapped = other;
        while (unwrapped instanceof XAResourceWrapper wrapper && wrapper.getResource() != unwrapped) {
            unwrapped = wrapper.getResource();
        }
        return resource.isSameRM(unwrapped);
    }

    @Override
    public void start(Xid id, int flags) throws XAException {
        resource.start(id, flags);
    }

    @Override
    public void end(Xid id, int flags) throws XAException {
        resource.end(id, flags);
    }

    @Override
    public int prepare(Xid id) throws XAException {
        return resource.prepare(id);
    }

    @Override
    public void commit(Xid id, boolean onePhase) throws XAException {
        resource.commit(id, onePhase);
    }

    @Override
    public void rollback(Xid id) throws XAException {
        resource.rollback(id);
    }

    /** Narayana asks for the name first: a list that has become incomplete is not given under it. */
    @Override
    public Xid[] recover(int flags) throws XAException {
        Xid[] branches = resource.recover(flags);
        if (named && !resource.listsAllBranches()) {
            XAException e = new XAException("The branches of a queue cannot be listed");
            e.errorCode = XAException.XAER_RMFAIL;
            throw e;
        }
        return branches;
    }

    @Override
    public void forget(Xid id) throws XAException {
        resource.forget(id);
    }

    @Override
    public int getTransactionTimeout() {
        return resource.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return resource.setTransactionTimeout(seconds);
    }

    @Override
    public String toString() {
        return resource.toString();
    }
}
