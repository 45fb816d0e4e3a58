// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;

/** Finds the descriptions of the attributes and operations in the interface of a management bean. */
final class Descriptions {

    private final Class<?> type;

    Descriptions(Class<?> type) {
        this.type = type;
    }

    String ofBean() {
        Description description = type.getAnnotation(Description.class);
        return description == null ? type.getSimpleName() : description.value();
    }

    String of(MBeanAttributeInfo attribute) {
        String getter = (attribute.isIs() ? "is" : "get") + attribute.getName();
        return described(getter, 0).map(Description::value).orElse(attribute.getName());
    }

    String of(MBeanOperationInfo operation) {
        return described(operation).map(Description::value).orElse(operation.getName());
    }

    String ofParameter(MBeanOperationInfo operation, int index) {
        return method(operation)
                .map(method -> method.getParameters()[index].getAnnotation(Description.class))
                .map(Description::value)
                .orElse("");
    }

    String nameOfParameter(MBeanOperationInfo operation, int index) {
        return method(operation)
                .map(method -> method.getParameters()[index].getName())
                .orElse("p" + index);
    }

    int impact(MBeanOperationInfo operation) {
        return described(operation).filter(Description::changes).isPresent()
                ? MBeanOperationInfo.ACTION
                : MBeanOperationInfo.INFO;
    }

    private Optional<Description> described(MBeanOperationInfo operation) {
        return described(operation.getName(), operation.getSignature().length);
    }

    private Optional<Description> described(String name, int parameters) {
        return method(name, parameters).map(method -> method.getAnnotation(Description.class));
    }

    private Optional<Method> method(MBeanOperationInfo operation) {
        return method(operation.getName(), operation.getSignature().length);
    }

    private Optional<Method> method(String name, int parameters) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == parameters)
                .findFirst();
    }
}
