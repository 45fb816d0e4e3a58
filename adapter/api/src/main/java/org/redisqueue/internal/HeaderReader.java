// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;

/** Converts the value of a header to the type of a {@link Header} parameter. */
final class HeaderReader {

    private static final Map<Type, Function<String, Object>> PARSERS = Map.of(
            String.class,
            value -> value,
            Integer.class,
            number(Integer::valueOf),
            Long.class,
            number(Long::valueOf),
            Double.class,
            number(Double::valueOf),
            BigInteger.class,
            number(BigInteger::new),
            BigDecimal.class,
            number(BigDecimal::new),
            Boolean.class,
            HeaderReader::parseBoolean);

    private static final Map<Type, Class<?>> PRIMITIVES = Map.of(
            int.class, Integer.class, long.class, Long.class, double.class, Double.class, boolean.class, Boolean.class);

    /**
     * Reports that a message lacks a required header, or that the value of a header cannot be converted. The exception
     * names the header and does not quote its value.
     */
    static final class HeaderException extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private HeaderException(String message) {
            super(message);
        }
    }

    private HeaderReader() {}

    private static Function<String, Object> number(Function<String, Object> parser) {
        return value -> {
            NumberLimit.require(value);
            return parser.apply(value);
        };
    }

    /**
     * Creates a reader for a header.
     *
     * @throws IllegalArgumentException if headers cannot be converted to this type
     */
    static Function<RedisMessage, Object> of(String name, Type type) {
        if (type instanceof ParameterizedType optional && optional.getRawType() == Optional.class) {
            Function<String, Object> parser = parser(name, optional.getActualTypeArguments()[0]);
            return message -> message.header(name).map(value -> parse(name, value, parser));
        }
        Class<?> boxed = PRIMITIVES.get(type);
        Function<String, Object> parser = parser(name, boxed == null ? type : boxed);
        if (boxed != null) {
            return message -> parse(
                    name,
                    message.header(name)
                            .orElseThrow(() -> new HeaderException("the message has no header '" + name + "'")),
                    parser);
        }
        return message ->
                message.header(name).map(value -> parse(name, value, parser)).orElse(null);
    }

    /** {@return whether headers can be converted to this type} */
    static boolean supports(Type type) {
        Type value = type instanceof ParameterizedType optional && optional.getRawType() == Optional.class
                ? optional.getActualTypeArguments()[0]
                : type;
        return PARSERS.containsKey(value) || PRIMITIVES.containsKey(type);
    }

    private static Function<String, Object> parser(String name, Type type) {
        Function<String, Object> parser = PARSERS.get(type);
        if (parser == null) {
            throw new IllegalArgumentException("its parameter with @Header(\"" + name + "\") has type "
                    + type.getTypeName() + ", but must be String, a number, boolean or an Optional of these");
        }
        return parser;
    }

    private static Object parse(String name, String value, Function<String, Object> parser) {
        try {
            return parser.apply(value);
        } catch (NumberFormatException e) { // its message quotes the value, so it is omitted
            throw new HeaderException("the value of header '" + name + "' is invalid");
        } catch (IllegalArgumentException e) {
            throw new HeaderException("the value of header '" + name + "' is invalid: " + e.getMessage());
        }
    }

    private static Object parseBoolean(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("it must be 'true' or 'false'");
        };
    }
}
