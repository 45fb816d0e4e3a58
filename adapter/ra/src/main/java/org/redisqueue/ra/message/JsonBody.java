// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.io.ByteArrayInputStream;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.redisqueue.RedisQueueException;

/** Reads and writes bodies as JSON by the container's JSON-B. */
final class JsonBody {

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

    static <T> T read(byte[] body, Type type) {
        try {
            return jsonb(type).fromJson(new ByteArrayInputStream(body), type);
        } catch (JsonbException e) {
            throw new RedisQueueException(
                    "RQ-113 The body cannot be read from JSON as " + type.getTypeName() + ": " + e.getMessage(), e);
        }
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
