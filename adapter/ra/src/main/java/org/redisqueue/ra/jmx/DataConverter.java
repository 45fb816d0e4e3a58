// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Converts the records of the operations for operators to interfaces from which JMX makes composite data. Each getter
 * returns the component of the record with the same name, converted to the type of the getter. A name that ends in
 * {@code Seconds} stands for the duration without this ending.
 */
final class DataConverter {

    private static final String SECONDS = "Seconds";

    private DataConverter() {}

    /** Returns an object that implements the interface with the components of the record. */
    static <T> T of(Class<T> type, Record record) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Method getter : type.getMethods()) {
            values.put(getter.getName(), converted(component(record, getter.getName()), getter.getReturnType()));
        }
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> values.toString();
            default -> values.get(method.getName());
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Returns an array of objects like those of {@link #of}. */
    @SuppressWarnings("unchecked")
    static <T> T[] array(Class<T> type, Collection<? extends Record> records) {
        return records.stream().map(each -> of(type, each)).toArray(size -> (T[]) Array.newInstance(type, size));
    }

    private static @Nullable Object component(Record record, String getter) {
        String property = getter.startsWith("is") ? getter.substring(2) : getter.substring(3);
        String name = Character.toLowerCase(property.charAt(0)) + property.substring(1);
        if (name.endsWith(SECONDS)) {
            name = name.substring(0, name.length() - SECONDS.length());
        }
        try {
            Method accessor = record.getClass().getMethod(name);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object converted(@Nullable Object value, Class<?> type) {
        if (value instanceof Instant time) {
            return date(time);
        } else if (value instanceof Duration duration) {
            return seconds(duration);
        } else if (value instanceof Enum<?> constant) {
            return constant.name();
        } else if (value instanceof Record record) {
            return of(type, record);
        } else if (value instanceof Collection<?> elements) {
            return array(elements, type.getComponentType());
        }
        return value;
    }

    /** Returns the time; null if it is null. */
    static @Nullable Date date(@Nullable Instant time) {
        return time == null ? null : Date.from(time);
    }

    /** Returns the duration in seconds; null if it is null. */
    static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0;
    }

    private static Object array(Collection<?> elements, Class<?> type) {
        Object array = Array.newInstance(type, elements.size());
        int index = 0;
        for (Object element : elements) {
            Array.set(array, index++, converted(element, type));
        }
        return array;
    }
}
