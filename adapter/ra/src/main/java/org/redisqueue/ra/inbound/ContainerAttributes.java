// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.ejb.TransactionAttributeType;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/**
 * Reads the transaction attribute of a bean's method from the container, which knows the combined result of annotations
 * and deployment descriptors.
 *
 * <p>{@link MessageEndpointFactory#isDeliveryTransacted} distinguishes REQUIRED from all other attributes, but not
 * REQUIRES_NEW from NOT_SUPPORTED. WildFly, Payara and GlassFish hold the attribute behind private fields of the
 * factory. On any other server or version, the result is empty.
 */
final class ContainerAttributes {

    /**
     * The attributes by the numbers that Payara and GlassFish use in {@code com.sun.ejb.Container}; 2 is bean-managed.
     */
    private static final List<Optional<TransactionAttributeType>> NUMBERED = List.of(
            Optional.empty(),
            Optional.of(TransactionAttributeType.NOT_SUPPORTED),
            Optional.empty(),
            Optional.of(TransactionAttributeType.REQUIRED),
            Optional.of(TransactionAttributeType.SUPPORTS),
            Optional.of(TransactionAttributeType.REQUIRES_NEW),
            Optional.of(TransactionAttributeType.MANDATORY),
            Optional.of(TransactionAttributeType.NEVER));

    private ContainerAttributes() {}

    /**
     * Returns the transaction attribute of a method; empty if the container does not provide it, or if the bean manages
     * its own transactions.
     */
    static Optional<TransactionAttributeType> of(MessageEndpointFactory endpoints, Method method) {
        return ofWildFly(endpoints, method)
                .or(() -> ofGlassFish(endpoints, "messageBeanPM_", method)) // Payara
                .or(() -> ofGlassFish(endpoints, "messageBeanPM", method)); // GlassFish
    }

    /**
     * Reads the attribute from the component on WildFly. The component is the enclosing instance of the factory's
     * service.
     */
    private static Optional<TransactionAttributeType> ofWildFly(MessageEndpointFactory endpoints, Method method) {
        try {
            Object component = value(value(endpoints, "service"), "this$0");
            for (Method getter : component.getClass().getMethods()) {
                Class<?>[] parameters = getter.getParameterTypes();
                if (getter.getName().equals("getTransactionAttributeType")
                        && parameters.length == 2
                        && parameters[1] == Method.class) {
                    Object view = parameters[0].getField("MessageEndpoint").get(null);
                    return Optional.ofNullable((TransactionAttributeType) getter.invoke(component, view, method));
                }
            }
            return Optional.empty();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) { // a different server or version
            return Optional.empty();
        }
    }

    /**
     * Reads the attribute from the container of the bean on Payara and GlassFish, whose factories have different names
     * for the field that holds it.
     */
    private static Optional<TransactionAttributeType> ofGlassFish(
            MessageEndpointFactory endpoints, String field, Method method) {
        try {
            Object container = value(endpoints, field);
            Method getter =
                    container.getClass().getSuperclass().getDeclaredMethod("getTxAttr", Method.class, String.class);
            return NUMBERED.get((Integer) accessible(getter).invoke(container, method, "Bean"));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) { // a different server or version
            return Optional.empty();
        }
    }

    private static Object value(Object owner, String field) throws ReflectiveOperationException {
        Field found = owner.getClass().getDeclaredField(field);
        return accessible(found).get(owner);
    }

    private static <T extends AccessibleObject> T accessible(T member) {
        member.setAccessible(true);
        return member;
    }
}
