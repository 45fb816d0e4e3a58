// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Calls beans on Payara and GlassFish whose listener interface has no methods, so that the exceptions that they throw
 * reach the adapter.
 *
 * <p>The endpoint of such a bean is a generated subclass of the bean. It passes each call to a proxy, as a method of a
 * generated interface. When the bean throws an exception, the handler of the proxy looks up the transaction attribute
 * of that method. It has none, and the handler throws
 * {@code EJBException: Transaction Attribute not found for method …} instead. If the handler is called with the bean's
 * own method, as {@code beforeDelivery} is, it finds the attribute and throws the exception of the bean.
 */
final class MaskingEndpoint {

    /** The generated field that holds the proxy. */
    private static final String PROXY = "__ejb31_delegate";

    private static final ClassValue<Optional<Field>> PROXIES = new ClassValue<>() {
        @Override
        protected Optional<Field> computeValue(Class<?> endpoint) {
            try {
                Field proxy = endpoint.getDeclaredField(PROXY);
                proxy.setAccessible(true);
                return Optional.of(proxy);
            } catch (NoSuchFieldException | RuntimeException e) { // a different server, or access is denied
                return Optional.empty();
            }
        }
    };

    private MaskingEndpoint() {}

    /**
     * Returns the handler that accepts calls of the bean's own methods; empty if the endpoint does not mask exceptions.
     */
    static Optional<InvocationHandler> handler(Object endpoint) {
        return PROXIES.get(endpoint.getClass())
                .flatMap(field -> value(field, endpoint))
                .filter(value -> Proxy.isProxyClass(value.getClass()))
                .map(Proxy::getInvocationHandler);
    }

    private static Optional<Object> value(Field field, Object endpoint) {
        try {
            return Optional.ofNullable(field.get(endpoint));
        } catch (IllegalAccessException e) {
            return Optional.empty();
        }
    }
}
