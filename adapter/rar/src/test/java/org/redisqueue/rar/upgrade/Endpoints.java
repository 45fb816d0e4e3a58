// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar.upgrade;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Method;
import javax.transaction.xa.XAResource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** The endpoints of a listener. Each delivery is a transaction, which rolls back if the listener throws an exception. */
record Endpoints(TransactionManager transactions, RedisMessageListener listener) implements MessageEndpointFactory {

    @Override
    public MessageEndpoint createEndpoint(XAResource resource) {
        return new Endpoint(resource);
    }

    @Override
    public MessageEndpoint createEndpoint(XAResource resource, long timeout) {
        return createEndpoint(resource);
    }

    @Override
    public boolean isDeliveryTransacted(Method method) {
        return true;
    }

    @Override
    public String getActivationName() {
        return "upgrade";
    }

    @Override
    public Class<?> getEndpointClass() {
        return Endpoint.class;
    }

    private final class Endpoint implements MessageEndpoint, RedisMessageListener {

        private final XAResource resource;
        private boolean failed;

        private Endpoint(XAResource resource) {
            this.resource = resource;
        }

        @Override
        public void beforeDelivery(Method method) throws ResourceException {
            failed = false;
            try {
                transactions.begin();
                transactions.getTransaction().enlistResource(resource);
            } catch (NotSupportedException | SystemException | RollbackException e) {
                throw new ResourceException(e);
            }
        }

        @Override
        public void onMessage(RedisMessage message) {
            failed = true;
            listener.onMessage(message);
            failed = false;
        }

        @Override
        public void afterDelivery() throws ResourceException {
            try {
                if (failed) {
                    transactions.rollback();
                } else {
                    transactions.commit();
                }
            } catch (SystemException | RollbackException | HeuristicMixedException | HeuristicRollbackException e) {
                throw new ResourceException(e);
            }
        }

        @Override
        public void release() {}
    }
}
