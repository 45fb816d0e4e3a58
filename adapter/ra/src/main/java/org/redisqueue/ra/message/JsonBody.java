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
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;

/** Reads and writes bodies as JSON with the container's JSON-B. */
final class JsonBody {

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /**
     * Caches one Jsonb for each application class. A Jsonb retains the classes that it has inspected. It is therefore
     * stored with a class of the application: both become garbage when the application is undeployed.
     */
    private static final ClassValue<Jsonb> CACHE = new ClassValue<>() {
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
                    "RQ-112 An object of type " + body.getClass().getName() + " cannot be serialized as JSON: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Reads a body.
     *
     * @throws RedisQueueException if the body cannot be read. The exception states the location for malformed JSON;
     *     neither the exception nor its causes quote any part of the body
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
        } catch (RuntimeException e) { // the target class may also throw any exception
            throw unreadable(type, description(e), new BodilessCause(e));
        }
    }

    /**
     * Decodes the body. If the parser decoded the body, it could detect an encoding other than the one in which the
     * numbers were checked.
     */
    private static String text(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static RedisQueueException unreadable(Type type, @Nullable String reason, @Nullable Throwable cause) {
        return new RedisQueueException(
                "RQ-113 The body cannot be deserialized from JSON as " + type.getTypeName() + ": " + reason, cause);
    }

    /**
     * Returns the class of the root cause and, for malformed JSON, the location. It omits the texts of JSON-B, because
     * they quote the body.
     */
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
        return applicationClass(type).map(CACHE::get).orElseGet(JsonbBuilder::create);
    }

    /** Returns a class in this type that belongs to the application or the server; empty if all belong to the JDK. */
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
