// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The rules of {@link Transactional} on the listener of a CDI bean. */
record CdiTransactions(Optional<Transactional> annotation) implements TransactionRules {

    /** Reads the annotation of the method or, failing that, of the class. */
    static CdiTransactions of(Class<?> bean, Method method) {
        return new CdiTransactions(find(method, new HashSet<>()).or(() -> find(bean, new HashSet<>())));
    }

    /** Returns the annotation, even if it comes from an interceptor binding or a stereotype. */
    private static Optional<Transactional> find(AnnotatedElement element, Set<AnnotatedElement> seen) {
        Transactional direct = element.getAnnotation(Transactional.class);
        if (direct != null) {
            return Optional.of(direct);
        }
        return Arrays.stream(element.getAnnotations())
                .<Class<?>>map(Annotation::annotationType)
                .filter(seen::add)
                .flatMap(type -> find(type, seen).stream())
                .findFirst();
    }

    TxType attribute() {
        return annotation.map(Transactional::value).orElse(TxType.REQUIRED);
    }

    @Override
    public boolean transacted() {
        return attribute() != TxType.NOT_SUPPORTED && attribute() != TxType.NEVER;
    }

    @Override
    public boolean commitsDespite(Throwable thrown) {
        return annotation.stream()
                .flatMap(found -> Arrays.stream(found.dontRollbackOn()))
                .anyMatch(type -> type.isInstance(thrown));
    }
}
