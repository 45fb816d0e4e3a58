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

/** Reads the definitions of a bean's properties ({@link Property}) and applies them to it. */
public final class Configuration {

    private static final String MASK = "***";

    private Configuration() {}

    /** One defined property of a bean's class. */
    public record Definition(Field field, Property property) {

        public String name() {
            return field.getName();
        }

        /** The Java type, as a deployment descriptor writes it. */
        public String type() {
            return field.getType().getName();
        }

        /** The allowed values in words; empty where everything is allowed. */
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

        private Object get(Object bean) {
            try {
                return field.get(bean);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private void set(Object bean, Object value) {
            try {
                field.set(bean, value);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private Object defaultValue() {
            return property.defaultValue().isEmpty() ? null : parse(property.defaultValue());
        }

        /** @throws IllegalArgumentException if it is not of the type */
        private Object parse(String text) {
            Class<?> type = field.getType();
            if (type == Integer.class) {
                return Integer.valueOf(text);
            } else if (type == Long.class) {
                return Long.valueOf(text);
            } else if (type == Double.class) {
                return Double.valueOf(text);
            } else if (type == Boolean.class) {
                return truth(text);
            }
            return text;
        }

        private static Boolean truth(String text) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("It is neither true nor false");
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

    /** The properties that a class and its superclasses define, those of the superclass first. */
    public static List<Definition> definitions(Class<?> type) {
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

    /** Sets each property that has no value yet to its default. */
    public static void applyDefaults(Object bean) {
        for (Definition definition : definitions(bean.getClass())) {
            if (definition.get(bean) == null) {
                definition.set(bean, definition.defaultValue());
            }
        }
    }

    /**
     * Sets properties to values that are given as text.
     *
     * @param owner what is configured, for the message
     * @throws InvalidPropertyException naming each that is not defined or not of its type
     */
    public static void set(Object bean, String owner, Map<String, String> values) throws InvalidPropertyException {
        Map<String, Definition> definitions = new LinkedHashMap<>();
        definitions(bean.getClass()).forEach(definition -> definitions.put(definition.name(), definition));
        StringJoiner problems = new StringJoiner("; ");
        values.forEach((name, text) -> {
            Definition definition = definitions.get(name);
            try {
                if (definition == null) {
                    problems.add("there is no property " + name + ", but " + String.join(", ", definitions.keySet()));
                } else {
                    definition.set(bean, definition.parse(text.strip()));
                }
            } catch (IllegalArgumentException e) {
                problems.add(name + " is '" + definition.print(text) + "', allowed is " + definition.range());
            }
        });
        if (problems.length() > 0) {
            throw new InvalidPropertyException("RQ-101 Wrong configuration of the " + owner + ": " + problems);
        }
    }

    /** Sets the properties that both beans define and that have no value yet to those of the other. */
    public static void inherit(Object bean, Object other) {
        for (Definition definition : definitions(bean.getClass())) {
            boolean shared = definition.field().getDeclaringClass().isInstance(other);
            if (shared && definition.get(bean) == null) {
                definition.set(bean, definition.get(other));
            }
        }
    }

    /** The values by name, secrets included, for comparing two configurations. */
    public static Map<String, Object> values(Object bean) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Definition definition : definitions(bean.getClass())) {
            values.put(definition.name(), definition.get(bean));
        }
        return values;
    }

    /** The values that are set, for people to read: secrets are masked. */
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
     * Checks all values against their definitions.
     *
     * @param owner what is configured, for the message: "resource adapter"
     * @param others what else is wrong with it, by property
     * @throws InvalidPropertyException naming each wrong property, its value and its range
     */
    public static void check(Object bean, String owner, Map<String, String> others) throws InvalidPropertyException {
        StringJoiner problems = new StringJoiner("; ");
        List<PropertyDescriptor> wrong = new ArrayList<>();
        for (Definition definition : definitions(bean.getClass())) {
            Object value = definition.get(bean);
            String other = others.get(definition.name());
            if (value != null && !value.toString().isEmpty() && !definition.allows(value)) {
                problems.add(
                        definition.name() + " is '" + definition.print(value) + "', allowed is " + definition.range());
            } else if (other != null) {
                problems.add(definition.name()
                        + (value == null ? " is not set" : " is '" + definition.print(value) + "'") + ", " + other);
            } else {
                continue;
            }
            wrong.add(descriptor(bean, definition.name()));
        }
        if (!wrong.isEmpty()) {
            InvalidPropertyException e =
                    new InvalidPropertyException("RQ-101 Wrong configuration of the " + owner + ": " + problems);
            e.setInvalidPropertyDescriptors(wrong.toArray(PropertyDescriptor[]::new));
            throw e;
        }
    }

    /** The text with any user information in its addresses masked; a password may hold any character. */
    public static String withoutCredentials(String text) {
        return text.replaceAll("(?s)//((?!rediss?://).)*@", "//" + MASK + "@");
    }

    private static PropertyDescriptor descriptor(Object bean, String name) {
        try {
            return new PropertyDescriptor(name, bean.getClass());
        } catch (IntrospectionException e) {
            throw new IllegalStateException("Property " + name + " has no getter and setter", e);
        }
    }
}
