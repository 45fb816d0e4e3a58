// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.redisqueue.PublishTo;
import org.redisqueue.SendTo;

/** Rules for the listener methods of CDI beans. */
public final class ListenerRules {

    private static final Set<String> INACTIVE_SCOPES =
            Set.of("jakarta.enterprise.context.SessionScoped", "jakarta.enterprise.context.ConversationScoped");

    private ListenerRules() {}

    /**
     * Returns why a method cannot be a listener.
     *
     * @param method the method
     * @param scope the scope of its bean; null if it is not known
     * @param attribute the transaction attribute of the method; null if it has none
     * @return the reason, as the end of a sentence; empty if there is none
     */
    public static Optional<String> problem(
            Method method, @Nullable Class<? extends Annotation> scope, @Nullable TxType attribute) {
        if (Modifier.isStatic(method.getModifiers())) {
            return Optional.of("it must not be static");
        }
        if (scope != null && INACTIVE_SCOPES.contains(scope.getName())) {
            return Optional.of(
                    "its bean is @" + scope.getSimpleName() + ", but this scope is not active during a delivery");
        }
        for (Class<? extends Annotation> use : List.of(SendTo.class, PublishTo.class)) {
            if (method.isAnnotationPresent(use) && method.getReturnType() == void.class) {
                return Optional.of("it has @" + use.getSimpleName() + ", but returns void");
            }
        }
        if (attribute == TxType.REQUIRES_NEW) {
            return Optional.of("it is @Transactional(REQUIRES_NEW), which would exclude its work from the transaction"
                    + " that acknowledges the message; remove the annotation, because each delivery has a transaction");
        }
        return Optional.empty();
    }
}
