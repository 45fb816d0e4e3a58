// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import jakarta.resource.spi.InvalidPropertyException;
import java.beans.IntrospectionException;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Field;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads the property definitions ({@link Property}) of a bean and applies them to its values. */
public final class Configuration {

    private static final String MASK = "***";

    private Configuration() {}

    /** The definition of one property of a bean class. */
    public record Definition(Field field, Property property) {

        public String name() {
            return field.getName();
        }

        /** Returns the Java type as it appears in a deployment descriptor. */
        public String type() {
            return field.getType().getName();
        }

        /** Describes the allowed values; empty if every value is allowed. */
        public String range() {
            if (!property.range().isEmpty()) {
                return property.range();
            }
            if (field.getType() == Boolean.class) {
                return "`true` or `false`";
            }
            if (property.min() == Double.NEGATIVE_INFINITY && property.max() == Double.POSITIVE_INFINITY) {
                return "";
            }
            String unit = property.unit().isEmpty() ? "" : " " + property.unit();
            return number(property.min()) + " to " + number(property.max()) + unit;
        }

        private static String number(double value) {
            return new DecimalFormat("#,##0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
        }

        private @Nullable Object get(Object bean) {
            try {
                return field.get(bean);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private void set(Object bean, @Nullable Object value) {
            try {
                field.set(bean, value);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private @Nullable Object defaultValue() {
            return property.defaultValue().isEmpty() ? null : parse(property.defaultValue());
        }

        /** @throws IllegalArgumentException if the text is not a value of the property's type */
        private Object parse(String text) {
            Class<?> type = field.getType();
            if (type == Integer.class) {
                return Integer.valueOf(text);
            } else if (type == Long.class) {
                return Long.valueOf(text);
            } else if (type == Double.class) {
                return Double.valueOf(text);
            } else if (type == Boolean.class) {
                return parseBoolean(text);
            }
            return text;
        }

        private static Boolean parseBoolean(String text) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("The value must be true or false");
            };
        }

        private boolean allows(Object value) {
            if (value instanceof Number number) {
                return number.doubleValue() >= property.min() && number.doubleValue() <= property.max();
            }
            return property.pattern().isEmpty() || value.toString().matches(property.pattern());
        }

        private String print(Object value) {
            return property.confidential() ? MASK : withoutCredentials(value.toString());
        }
    }

    /** Returns the properties that a class and its superclasses define, those of the superclass first. */
    public static List<Definition> definitions(@Nullable Class<?> type) {
        if (type == null || type == Object.class) {
            return new ArrayList<>();
        }
        List<Definition> found = definitions(type.getSuperclass());
        for (Field field : type.getDeclaredFields()) {
            Property property = field.getAnnotation(Property.class);
            if (property != null) {
                field.setAccessible(true);
                found.add(new Definition(field, property));
            }
        }
        return found;
    }

    /** Sets each property that has no value to its default. */
    public static void applyDefaults(Object bean) {
        for (Definition definition : definitions(bean.getClass())) {
            if (definition.get(bean) == null) {
                definition.set(bean, definition.defaultValue());
            }
        }
    }

    /**
     * Sets properties to values given as text. Does not check ranges, see {@link #check}.
     *
     * @param owner what is configured, for the error message
     * @throws InvalidPropertyException if a property is not defined or its value has the wrong type; names every such
     *     property
     */
    public static void set(Object bean, String owner, Map<String, String> values) throws InvalidPropertyException {
        Map<String, Definition> definitions = new LinkedHashMap<>();
        definitions(bean.getClass()).forEach(definition -> definitions.put(definition.name(), definition));
        StringJoiner problems = new StringJoiner("; ");
        values.forEach((name, text) -> {
            Definition definition = definitions.get(name);
            if (definition == null) {
                problems.add("unknown property '" + name + "', known properties are "
                        + String.join(", ", definitions.keySet()));
                return;
            }
            try {
                definition.set(bean, definition.parse(text.strip()));
            } catch (IllegalArgumentException e) {
                problems.add("'" + name + "' is '" + definition.print(text) + "', but must be " + definition.range());
            }
        });
        if (problems.length() > 0) {
            throw new InvalidPropertyException("RQ-101 Invalid configuration of the " + owner + ": " + problems);
        }
    }

    /** Sets each property that has no value in the first bean to its value in the second, if both beans define it. */
    public static void inherit(Object bean, Object other) {
        for (Definition definition : definitions(bean.getClass())) {
            boolean shared = definition.field().getDeclaringClass().isInstance(other);
            if (shared && definition.get(bean) == null) {
                definition.set(bean, definition.get(other));
            }
        }
    }

    /** Returns the values by property name, including secrets, for comparing two configurations. */
    public static Map<String, @Nullable Object> values(Object bean) {
        return values(bean, bean.getClass());
    }

    /** Returns the values of the properties that a class of the bean and its superclasses define. */
    public static Map<String, @Nullable Object> values(Object bean, Class<?> type) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Definition definition : definitions(type)) {
            values.put(definition.name(), definition.get(bean));
        }
        return values;
    }

    /** Returns the values that are set, in readable form with secrets masked. */
    public static String describe(Object bean) {
        StringJoiner text = new StringJoiner(", ", bean.getClass().getSimpleName() + "[", "]");
        for (Definition definition : definitions(bean.getClass())) {
            Object value = definition.get(bean);
            if (value != null && !value.toString().isEmpty()) {
                text.add(definition.name() + "=" + definition.print(value));
            }
        }
        return text.toString();
    }

    /**
     * Returns the values that differ from the defaults, in the order of the definitions and with secrets masked.
     * Properties without a default are left out.
     *
     * @return the names and values, or "none"
     */
    public static String describeChanges(Object bean) {
        StringJoiner text = new StringJoiner(", ").setEmptyValue("none");
        for (Definition definition : definitions(bean.getClass())) {
            Object value = definition.get(bean);
            Object usual = definition.defaultValue();
            if (value != null && usual != null && !value.equals(usual)) {
                text.add(definition.name() + "=" + definition.print(value));
            }
        }
        return text.toString();
    }

    /**
     * Checks all values against their definitions.
     *
     * @param owner what is configured, for the error message, such as "resource adapter"
     * @param others further problems, by property name
     * @throws InvalidPropertyException if a value is invalid; names every invalid property, its value and the allowed
     *     range
     */
    public static void check(Object bean, String owner, Map<String, String> others) throws InvalidPropertyException {
        StringJoiner problems = new StringJoiner("; ");
        List<PropertyDescriptor> wrong = new ArrayList<>();
        for (Definition definition : definitions(bean.getClass())) {
            Object value = definition.get(bean);
            String other = others.get(definition.name());
            if (value != null && !value.toString().isEmpty() && !definition.allows(value)) {
                problems.add("'" + definition.name() + "' is '" + definition.print(value) + "', but must be "
                        + definition.range());
            } else if (other != null) {
                problems.add("'" + definition.name() + "' is "
                        + (value == null ? "not set" : "'" + definition.print(value) + "'") + ", but " + other);
            } else {
                continue;
            }
            wrong.add(descriptor(bean, definition.name()));
        }
        if (!wrong.isEmpty()) {
            InvalidPropertyException e =
                    new InvalidPropertyException("RQ-101 Invalid configuration of the " + owner + ": " + problems);
            e.setInvalidPropertyDescriptors(wrong.toArray(PropertyDescriptor[]::new));
            throw e;
        }
    }

    /**
     * Masks the user information in every address in a text, up to the last at sign, because a password may contain any
     * character.
     */
    public static String withoutCredentials(String text) {
        return text.replaceAll("(?s)//((?!rediss?://).)*@", "//" + MASK + "@");
    }

    private static PropertyDescriptor descriptor(Object bean, String name) {
        try {
            return new PropertyDescriptor(name, bean.getClass());
        } catch (IntrospectionException e) {
            throw new IllegalStateException("Property '" + name + "' has no getter and setter.", e);
        }
    }
}
