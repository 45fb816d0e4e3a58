// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionPoint;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.redisqueue.internal.ListenerSignature;

/** The parameters of a listener method that do not come from the message, but from CDI. */
final class InjectedParameters {

    private final List<Integer> positions;
    private final List<InjectionPoint> points = new ArrayList<>();

    /**
     * Checks that the parameters can be injected.
     *
     * @param type the class that declares or inherits the method
     * @throws IllegalArgumentException if one of them cannot; the message is the end of a sentence
     * @throws IllegalStateException if there are such parameters, but no CDI container
     */
    InjectedParameters(Class<?> type, Method method, ListenerSignature signature) {
        positions = signature.others();
        for (int position : positions) {
            BeanManager manager = manager(method.getParameterTypes()[position]);
            InjectionPoint point = manager.createInjectionPoint(parameter(manager, type, method, position));
            try {
                manager.validate(point);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "its parameter of type " + point.getType().getTypeName() + " cannot be injected. The first"
                                + " parameter without @Header is the message, and the others must be CDI beans. Cause: "
                                + String.valueOf(e.getMessage()).stripTrailing()
                                + signature
                                        .forgottenHeader(position)
                                        .map("\n"::concat)
                                        .orElse(""),
                        e);
            }
            points.add(point);
        }
    }

    private static BeanManager manager(Class<?> type) {
        return CdiBeans.container("A parameter of type " + type.getName() + " must come from CDI")
                .getBeanManager();
    }

    private static AnnotatedParameter<?> parameter(BeanManager manager, Class<?> type, Method method, int position) {
        AnnotatedMethod<?> annotated = manager.createAnnotatedType(type).getMethods().stream()
                .filter(each -> each.getJavaMember().equals(method))
                .findFirst()
                .orElseThrow();
        return annotated.getParameters().get(position);
    }

    /** Calls the method with instances that exist as long as the call. */
    <R> R inject(Object[] arguments, Call<R> call) throws Exception {
        if (positions.isEmpty()) {
            return call.make();
        }
        BeanManager manager =
                CdiBeans.container("A parameter must come from CDI").getBeanManager();
        CreationalContext<?> creation = manager.createCreationalContext(null);
        try {
            for (int i = 0; i < positions.size(); i++) {
                arguments[positions.get(i)] = manager.getInjectableReference(points.get(i), creation);
            }
            return call.make();
        } finally {
            creation.release();
        }
    }

    /** A call of the listener method. */
    interface Call<R> {
        R make() throws Exception;
    }
}
