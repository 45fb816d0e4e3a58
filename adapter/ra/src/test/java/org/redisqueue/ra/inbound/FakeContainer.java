// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.ejb.EJBException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkRejectedException;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.as.ejb3.component.EJBComponentUnavailableException;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.ra.testing.BareContainer;

/**
 * A container that fails between two given calls, which real ones cannot be made to do. Its deliveries are one-phase
 * transactions with the given resource only.
 */
final class FakeContainer extends BareContainer implements MessageEndpointFactory {

    /** The point at which the container fails next. */
    enum Fault {
        NONE,
        WORK_REJECTED,
        ENDPOINT_UNAVAILABLE,
        BEFORE_DELIVERY,
        /** Throws instead of calling the bean, and commits, as WildFly does during an undeployment. */
        LISTENER_REFUSED,
        /** Throws instead of calling the bean, for another reason, and commits. */
        LISTENER_FAILED,
        /** Ends the transaction without a commit or rollback, and throws nothing. */
        NO_VERDICT,
        /** Commits the transaction, and then fails. */
        AFTER_COMMIT,
        /** The bean has called setRollbackOnly. */
        ROLLBACK_ONLY,
        /** Prepares the transaction, and rolls it back because another resource cannot commit. */
        ROLLED_BACK_AFTER_PREPARE,
        /** Prepares the transaction, and ends the delivery before it commits. */
        LEFT_PREPARED
    }

    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    private final boolean transacted;
    private final Bean bean;
    private final BatchBean batchBean;
    private final ThreadLocal<Endpoint> delivering = new ThreadLocal<>();
    private volatile boolean givesAccessToTransactions;
    private volatile boolean startsOwnTransactions;
    final AtomicInteger ownCommits = new AtomicInteger();
    final AtomicInteger ownRollbacks = new AtomicInteger();
    volatile Fault fault = Fault.NONE;
    volatile int refusedCommits;

    /** The error with which the container refuses a thread; null if it provides threads. */
    volatile Error noThread;

    /** The error that the container throws before its next delivery; null if it has memory. */
    volatile Error noMemory;

    /** The error that the container throws after its next call of a bean; null if it has memory. */
    volatile Error noMemoryAfterCall;

    /** Commits the transaction that was left prepared; null if there is none. */
    private volatile XaCall decision;

    /** Whether the container provides no endpoints. */
    volatile boolean unhealthy;

    /** The number of endpoints that the container refused. */
    final AtomicInteger refusedEndpoints = new AtomicInteger();

    FakeContainer(boolean transacted, RedisMessageListener listener) {
        this.transacted = transacted;
        this.bean = new Bean(listener);
        this.batchBean = null;
    }

    private FakeContainer(boolean transacted, BatchBean bean) {
        this.transacted = transacted;
        this.bean = null;
        this.batchBean = bean;
    }

    /** Returns a container whose bean receives batches. */
    static FakeContainer ofBatches(boolean transacted, RedisBatchListener listener) {
        return new FakeContainer(transacted, new BatchBean(listener));
    }

    private synchronized boolean fails(Fault at) {
        if (fault == at) {
            fault = Fault.NONE;
            return true;
        }
        return false;
    }

    @Override
    public MessageEndpoint createEndpoint(XAResource resource) throws UnavailableException {
        if (unhealthy || fails(Fault.ENDPOINT_UNAVAILABLE)) {
            refusedEndpoints.incrementAndGet();
            throw new UnavailableException("being undeployed");
        }
        return new Endpoint(resource);
    }

    @Override
    public MessageEndpoint createEndpoint(XAResource resource, long timeout) throws UnavailableException {
        return createEndpoint(resource);
    }

    @Override
    public boolean isDeliveryTransacted(Method method) {
        return transacted;
    }

    @Override
    public String getActivationName() {
        return "fake";
    }

    @Override
    public Class<?> getEndpointClass() {
        return batchBean == null ? Bean.class : BatchBean.class;
    }

    /**
     * From now on it runs the bean in a transaction that is not the delivery's, without having told the adapter: as
     * Payara with REQUIRES_NEW. It gives access to its transactions.
     */
    void startOwnTransactions() {
        startsOwnTransactions = true;
        givesAccessToTransactions = true;
    }

    /** From now on, lets the adapter mark transactions for rollback, which is optional for a container. */
    void giveAccessToTransactions() {
        givesAccessToTransactions = true;
    }

    @Override
    public TransactionSynchronizationRegistry getTransactionSynchronizationRegistry() {
        if (!givesAccessToTransactions) {
            return null;
        }
        return (TransactionSynchronizationRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TransactionSynchronizationRegistry.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "setRollbackOnly" -> {
                        delivering.get().failed = true;
                        yield null;
                    }
                    case "getTransactionStatus" ->
                        transacted || startsOwnTransactions ? Status.STATUS_ACTIVE : Status.STATUS_NO_TRANSACTION;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    @Override
    public void scheduleWork(Work work) throws WorkException {
        if (noThread != null) {
            throw noThread;
        }
        if (fails(Fault.WORK_REJECTED)) {
            throw new WorkRejectedException("no thread");
        }
        super.scheduleWork(work);
    }

    /** Commits the transaction that was left prepared. */
    void commitPrepared() throws ResourceException {
        call(decision);
    }

    /** The bean class. */
    static final class Bean implements RedisMessageListener {

        private final RedisMessageListener listener;

        private Bean(RedisMessageListener listener) {
            this.listener = listener;
        }

        @Override
        public void onMessage(RedisMessage message) {
            listener.onMessage(message);
        }
    }

    /** The bean class of a bean that receives batches. */
    static final class BatchBean implements RedisBatchListener {

        private final RedisBatchListener listener;

        private BatchBean(RedisBatchListener listener) {
            this.listener = listener;
        }

        @Override
        public void onMessages(List<RedisMessage> messages) {
            listener.onMessages(messages);
        }
    }

    /** The endpoint, which the adapter calls instead of the bean. */
    final class Endpoint implements MessageEndpoint, RedisMessageListener, RedisBatchListener {

        private final XAResource resource;
        private Xid xid;
        private boolean failed;

        private Endpoint(XAResource resource) {
            this.resource = resource;
        }

        @Override
        public void beforeDelivery(Method method) throws ResourceException {
            Error failure = noMemory;
            if (failure != null) {
                noMemory = null;
                throw failure;
            }
            if (fails(Fault.BEFORE_DELIVERY)) {
                throw new ResourceException("no transaction");
            }
            failed = false;
            delivering.set(this);
            if (transacted) {
                xid = new TestXid(TRANSACTIONS.incrementAndGet());
                call(() -> resource.start(xid, XAResource.TMNOFLAGS));
            }
        }

        @Override
        public void onMessage(RedisMessage message) {
            run(() -> bean.onMessage(message));
        }

        @Override
        public void onMessages(List<RedisMessage> messages) {
            run(() -> batchBean.onMessages(messages));
        }

        private void run(Runnable call) {
            if (fails(Fault.LISTENER_REFUSED)) {
                throw new EJBComponentUnavailableException("shutting down");
            }
            if (fails(Fault.LISTENER_FAILED)) {
                throw new EJBException("no instance");
            }
            try {
                call.run();
            } catch (RuntimeException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void afterDelivery() throws ResourceException {
            delivering.remove();
            Error failure = noMemoryAfterCall;
            if (failure != null) {
                noMemoryAfterCall = null;
                throw failure;
            }
            if (!transacted) {
                if (startsOwnTransactions) {
                    (failed ? ownRollbacks : ownCommits).incrementAndGet();
                }
                return;
            }
            boolean rollback = failed || fails(Fault.ROLLBACK_ONLY);
            call(() -> resource.end(xid, rollback ? XAResource.TMFAIL : XAResource.TMSUCCESS));
            if (fails(Fault.NO_VERDICT)) {
                return;
            }
            if (rollback) {
                call(() -> resource.rollback(xid));
            } else if (fails(Fault.ROLLED_BACK_AFTER_PREPARE)) {
                call(() -> resource.prepare(xid));
                call(() -> resource.rollback(xid));
            } else if (fails(Fault.LEFT_PREPARED)) {
                call(() -> resource.prepare(xid));
                Xid prepared = xid;
                decision = () -> resource.commit(prepared, false);
            } else {
                commit();
            }
            if (fails(Fault.AFTER_COMMIT)) {
                throw new ResourceException("after the commit");
            }
        }

        private void commit() throws ResourceException {
            try {
                call(() -> resource.commit(xid, true));
            } catch (ResourceException e) {
                refusedCommits++;
                throw e;
            }
        }

        @Override
        public void release() {}
    }

    private interface XaCall {
        void make() throws XAException;
    }

    private static void call(XaCall call) throws ResourceException {
        try {
            call.make();
        } catch (XAException e) {
            throw new ResourceException("XA error " + e.errorCode, e);
        }
    }

    private record TestXid(int number) implements Xid {

        @Override
        public int getFormatId() {
            return 1;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return Integer.toString(number).getBytes();
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }
}
