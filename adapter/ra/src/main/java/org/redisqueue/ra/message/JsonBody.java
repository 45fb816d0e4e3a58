// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import jakarta.json.stream.JsonParsingException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.redisqueue.RedisQueueException;

/** Reads and writes bodies as JSON by the container's JSON-B. */
final class JsonBody {

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /**
     * A Jsonb keeps what it learned of classes, and so the classes. It is kept with a class of the application itself:
     * the two are garbage together when the application is undeployed.
     */
    private static final ClassValue<Jsonb> KEPT = new ClassValue<>() {
        @Override
        protected Jsonb computeValue(Class<?> type) {
            return JsonbBuilder.create();
        }
    };

    private JsonBody() {}

    static byte[] write(Object body) {
        try {
            return jsonb(body.getClass()).toJson(body).getBytes(StandardCharsets.UTF_8);
        } catch (JsonbException e) {
            throw new RedisQueueException(
                    "RQ-112 A " + body.getClass().getName() + " cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a body.
     *
     * @throws RedisQueueException if it cannot be read, saying where; neither it nor its causes repeat a part of the body
     */
    static <T> T read(byte[] body, Type type) {
        String json = text(body);
        try {
            JsonNumbers.require(json);
        } catch (IllegalArgumentException e) {
            throw unreadable(type, e.getMessage(), null);
        }
        try {
            return jsonb(type).fromJson(json, type);
        } catch (RuntimeException e) { // also of the class that it is read into
            throw unreadable(type, description(e), new BodilessCause(e));
        }
    }

    /** Decoded here, so that the parser cannot detect another encoding than the numbers are looked for in. */
    private static String text(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static RedisQueueException unreadable(Type type, String reason, Throwable cause) {
        return new RedisQueueException(
                "RQ-113 The body cannot be read from JSON as " + type.getTypeName() + ": " + reason, cause);
    }

    /** The class of the first cause and, for malformed JSON, the place: texts of JSON-B quote the body. */
    private static String description(Throwable failure) {
        Throwable first = failure;
        String place = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            first = cause;
            if (cause instanceof JsonParsingException malformed && malformed.getLocation() != null) {
                place = " at line " + malformed.getLocation().getLineNumber() + ", column "
                        + malformed.getLocation().getColumnNumber();
            }
        }
        return first.getClass().getName() + place;
    }

    private static Jsonb jsonb(Type type) {
        return applicationClass(type).map(KEPT::get).orElseGet(JsonbBuilder::create);
    }

    /** A class in this type that the application, or the server, has brought with it; empty if all are the JDK's. */
    private static Optional<Class<?>> applicationClass(Type type) {
        if (type instanceof Class<?> found) {
            Class<?> element = found;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            ClassLoader loader = element.getClassLoader();
            boolean ofJdk = loader == null || loader == ClassLoader.getPlatformClassLoader();
            return ofJdk ? Optional.empty() : Optional.of(element);
        }
        if (type instanceof GenericArrayType array) {
            return applicationClass(array.getGenericComponentType());
        }
        if (type instanceof ParameterizedType parameterized) {
            Optional<Class<?>> found = applicationClass(parameterized.getRawType());
            for (Type argument : parameterized.getActualTypeArguments()) {
                if (found.isPresent()) {
                    break;
                }
                found = applicationClass(argument);
            }
            return found;
        }
        return Optional.empty();
    }
}
