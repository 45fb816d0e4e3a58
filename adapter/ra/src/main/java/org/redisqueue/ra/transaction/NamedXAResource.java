// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RedisXAResource} that carries the name of its Redis deployment in the form that Narayana reads. Create
 * instances only with {@link NamedResources}: the interface does not exist on every server, and where it does, the
 * adapter's class loader cannot find it.
 *
 * <p>While the branches of any queue cannot be listed, this XAResource has no name during recovery. Narayana then still
 * ends the listed branches, but does not drop unlisted branches from its log.
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
     * Returns the name of the Redis deployment. Nothing is bound to this name in JNDI.
     *
     * @return the name; null if recovery asks while the list of branches is incomplete
     */
    @Override
    public @Nullable String getJndiName() {
        named = resource.listsAllBranches() || !isAskedByRecovery();
        return named ? name : null;
    }

    private static boolean isAskedByRecovery() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(RECOVERY)));
    }

    /**
     * Returns whether both XAResources belong to the same resource manager, even if the other one is wrapped several
     * times.
     */
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

    /**
     * Lists the prepared branches. Narayana asks for the name first. If it got the name and the list has since become
     * incomplete, this method does not return that list under the name.
     *
     * @throws XAException XAER_RMFAIL if Redis failed, or if the list is incomplete although the name was returned
     */
    @Override
    public Xid[] recover(int flags) throws XAException {
        Xid[] branches = resource.recover(flags);
        if (named) {
            resource.requireCompleteList();
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
