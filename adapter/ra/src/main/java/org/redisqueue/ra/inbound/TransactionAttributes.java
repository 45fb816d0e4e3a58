// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Rejects message-driven beans whose work would not be in the same transaction as the acknowledgment of the message. A
 * rollback of the work would then lose the message, and a rollback of the acknowledgment would repeat the work.
 *
 * <p>With container-managed transactions, only REQUIRED and NOT_SUPPORTED are allowed (Jakarta Enterprise Beans 4.0,
 * 8.6.3), but most containers deploy beans with other attributes. A bean that manages its own transactions is accepted.
 * Its messages are acknowledged without a transaction, as with NOT_SUPPORTED, and the bean is responsible for
 * rollbacks.
 */
final class TransactionAttributes {

    private static final Set<TransactionAttributeType> ALLOWED =
            EnumSet.of(TransactionAttributeType.REQUIRED, TransactionAttributeType.NOT_SUPPORTED);

    /** Types with which an interceptor preserves the transaction of a delivery. */
    private static final Set<TxType> WITHIN_TRANSACTION =
            EnumSet.of(TxType.REQUIRED, TxType.MANDATORY, TxType.SUPPORTS);

    /** Types with which an interceptor starts no transaction in a delivery that has none. */
    private static final Set<TxType> WITHOUT_TRANSACTION =
            EnumSet.of(TxType.NOT_SUPPORTED, TxType.NEVER, TxType.SUPPORTS);

    private TransactionAttributes() {}

    /**
     * Checks the transaction attribute of a listener method, as declared in annotations and, if the container provides
     * it, in deployment descriptors.
     *
     * @throws NotSupportedException if the attribute is not allowed
     */
    static void check(ListenerMethod listener, MessageEndpointFactory endpoints) throws NotSupportedException {
        check(listener, ContainerAttributes.of(endpoints, listener.method()).or(() -> declared(listener)));
    }

    private static void check(ListenerMethod listener, Optional<TransactionAttributeType> attribute)
            throws NotSupportedException {
        if (attribute.isPresent() && !ALLOWED.contains(attribute.get())) {
            throw new NotSupportedException("RQ-133 Listener method '" + listener + "' has the transaction attribute "
                    + attribute.get() + ", which would exclude its work from the transaction that acknowledges"
                    + " the message. Use REQUIRED (the default) or NOT_SUPPORTED.");
        }
    }

    /**
     * Checks the annotations of a listener method, without a container.
     *
     * @throws NotSupportedException if they would exclude its work from the transaction of a delivery
     */
    static void checkDeclared(ListenerMethod listener) throws NotSupportedException {
        Optional<TransactionAttributeType> attribute = declared(listener);
        check(listener, attribute);
        boolean transacted = !isBeanManaged(listener.endpoint())
                && attribute.orElse(TransactionAttributeType.REQUIRED) == TransactionAttributeType.REQUIRED;
        checkInterceptors(listener, transacted);
    }

    /**
     * Checks that no interceptor changes the transaction of a delivery.
     *
     * @param transacted whether deliveries have a transaction
     * @throws NotSupportedException if an interceptor does
     */
    static void checkInterceptors(ListenerMethod listener, boolean transacted) throws NotSupportedException {
        Optional<TxType> interceptor = transactional(listener.implementation())
                .or(() -> transactional(listener.endpoint()))
                .map(Transactional::value);
        Set<TxType> allowed = transacted ? WITHIN_TRANSACTION : WITHOUT_TRANSACTION;
        if (interceptor.isPresent() && !allowed.contains(interceptor.get())) {
            throw new NotSupportedException("RQ-133 Listener method '" + listener + "' is @Transactional("
                    + interceptor.get() + "), but its deliveries have " + (transacted ? "a" : "no")
                    + " transaction. Its work would be separate from the acknowledgment of the message."
                    + " In a message-driven bean, use @TransactionAttribute instead.");
        }
    }

    /**
     * Returns the attribute of the method or, if it has none, of the class that declares the method (Jakarta Enterprise
     * Beans 4.0, 8.3.7.1).
     */
    private static Optional<TransactionAttributeType> declared(ListenerMethod listener) {
        if (isBeanManaged(listener.endpoint())) {
            return Optional.empty();
        }
        Method method = listener.implementation();
        return Optional.ofNullable(method.getAnnotation(TransactionAttribute.class))
                .or(() -> Optional.ofNullable(method.getDeclaringClass().getAnnotation(TransactionAttribute.class)))
                .map(TransactionAttribute::value);
    }

    private static boolean isBeanManaged(Class<?> endpoint) {
        TransactionManagement management = endpoint.getAnnotation(TransactionManagement.class);
        return management != null && management.value() == TransactionManagementType.BEAN;
    }

    private static Optional<Transactional> transactional(AnnotatedElement element) {
        return transactional(element, new HashSet<>());
    }

    /** Returns the annotation, even if it comes from an interceptor binding or a stereotype. */
    private static Optional<Transactional> transactional(AnnotatedElement element, Set<AnnotatedElement> seen) {
        if (!seen.add(element)) {
            return Optional.empty();
        }
        Transactional direct = element.getAnnotation(Transactional.class);
        if (direct != null) {
            return Optional.of(direct);
        }
        for (Annotation annotation : element.getAnnotations()) {
            Optional<Transactional> inherited = transactional(annotation.annotationType(), seen);
            if (inherited.isPresent()) {
                return inherited;
            }
        }
        return Optional.empty();
    }
}
