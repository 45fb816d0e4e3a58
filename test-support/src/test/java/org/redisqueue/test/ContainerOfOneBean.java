// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.ejb.ApplicationException;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.testing.BareContainer;

/**
 * An enterprise bean container for one message-driven bean. Its transactions contain only the delivery, and commit in one
 * phase; they end as Jakarta Enterprise Beans 4.0, 9.3.4 specifies.
 */
final class ContainerOfOneBean extends BareContainer implements MessageEndpointFactory {

    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    private final ThreadLocal<Delivery> current = new ThreadLocal<>();
    private final Object bean;

    ContainerOfOneBean(Object bean) {
        this.bean = bean;
    }

    void setRollbackOnly() {
        current.get().rollbackOnly = true;
    }

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource) {
        Delivery delivery = new Delivery(resource);
        InvocationHandler handler = (proxy, method, arguments) -> delivery.call(method, arguments);
        try {
            return (MessageEndpoint) new ByteBuddy()
                    .subclass(bean.getClass())
                    .implement(MessageEndpoint.class)
                    .method(ElementMatchers.not(ElementMatchers.isDeclaredBy(Object.class)))
                    .intercept(InvocationHandlerAdapter.of(handler))
                    .make()
                    .load(
                            bean.getClass().getClassLoader(),
                            ClassLoadingStrategy.UsingLookup.of(
                                    MethodHandles.privateLookupIn(bean.getClass(), MethodHandles.lookup())))
                    .getLoaded()
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource, long timeout) {
        return createEndpoint(resource);
    }

    @Override
    public boolean isDeliveryTransacted(Method method) {
        TransactionAttribute attribute = bean.getClass().getAnnotation(TransactionAttribute.class);
        return attribute == null || attribute.value() == TransactionAttributeType.REQUIRED;
    }

    @Override
    public String getActivationName() {
        return "bean";
    }

    @Override
    public Class<?> getEndpointClass() {
        return bean.getClass();
    }

    /** The deliveries of one endpoint, of which there is one at a time. */
    private final class Delivery {

        private final @Nullable XAResource resource;
        private final Xid xid = new TestXid(TRANSACTIONS.incrementAndGet());
        private boolean rollbackOnly;

        private Delivery(@Nullable XAResource resource) {
            this.resource = resource;
        }

        private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "beforeDelivery" -> begin();
                case "afterDelivery" -> end();
                case "release" -> {}
                default -> deliver(method, arguments);
            }
            return null;
        }

        private void begin() throws XAException {
            rollbackOnly = false;
            current.set(this);
            if (resource != null) {
                resource.start(xid, XAResource.TMNOFLAGS);
            }
        }

        private void deliver(Method method, Object[] arguments) throws Throwable {
            try {
                method.invoke(bean, arguments);
            } catch (InvocationTargetException e) {
                Throwable thrown = e.getTargetException();
                rollbackOnly |= rollsBack(thrown);
                throw thrown;
            }
        }

        private boolean rollsBack(Throwable thrown) {
            ApplicationException annotation = thrown.getClass().getAnnotation(ApplicationException.class);
            return annotation == null ? thrown instanceof RuntimeException : annotation.rollback();
        }

        private void end() throws ResourceException {
            current.remove();
            if (resource != null) {
                try {
                    resource.end(xid, rollbackOnly ? XAResource.TMFAIL : XAResource.TMSUCCESS);
                    if (rollbackOnly) {
                        resource.rollback(xid);
                    } else {
                        resource.commit(xid, true);
                    }
                } catch (XAException e) {
                    throw new ResourceException("XA error " + e.errorCode, e);
                }
            }
        }
    }

    private record TestXid(int number) implements Xid {

        @Override
        public int getFormatId() {
            return 1;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }
}
