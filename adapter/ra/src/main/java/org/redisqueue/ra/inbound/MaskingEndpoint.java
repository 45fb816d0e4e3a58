// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Calls beans of Payara and GlassFish whose listener interface has no methods, so that their exceptions arrive.
 *
 * <p>The endpoint is then a generated subclass of the bean, which hands each call to a proxy as one of a generated
 * interface's methods. When the bean throws, the proxy's handler asks for the transaction attribute of that method,
 * which has none, and throws {@code EJBException: Transaction Attribute not found for method …} instead. Called with
 * the bean's own method, as {@code beforeDelivery} is, the same handler finds the attribute and throws what the bean
 * threw.
 */
final class MaskingEndpoint {

    /** The generated field with the proxy. */
    private static final String PROXY = "__ejb31_delegate";

    private static final ClassValue<Optional<Field>> PROXIES = new ClassValue<>() {
        @Override
        protected Optional<Field> computeValue(Class<?> endpoint) {
            try {
                Field proxy = endpoint.getDeclaredField(PROXY);
                proxy.setAccessible(true);
                return Optional.of(proxy);
            } catch (NoSuchFieldException | RuntimeException e) { // not such a server, or it does not let us
                return Optional.empty();
            }
        }
    };

    private MaskingEndpoint() {}

    /** What takes calls of the bean's own methods; empty if the endpoint masks no exceptions. */
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
