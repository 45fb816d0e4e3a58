// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object. A value that does not exist is null in JSON, so that all objects of a kind are alike. */
public final class Fields {

    private static final JsonBuilderFactory FACTORY = Json.createBuilderFactory(Map.of());

    private final JsonObjectBuilder object = FACTORY.createObjectBuilder();

    /** Converts each element to a JSON object. */
    public static <T> JsonArray list(Collection<T> elements, Function<T, JsonObject> view) {
        JsonArrayBuilder array = FACTORY.createArrayBuilder();
        elements.forEach(element -> array.add(view.apply(element)));
        return array.build();
    }

    /** Returns numbers as a JSON array. */
    public static JsonArray numbers(Collection<Long> numbers) {
        JsonArrayBuilder array = FACTORY.createArrayBuilder();
        numbers.forEach(array::add);
        return array.build();
    }

    /** Returns texts as a JSON array. */
    public static JsonArray texts(Collection<String> texts) {
        JsonArrayBuilder array = FACTORY.createArrayBuilder();
        texts.forEach(array::add);
        return array.build();
    }

    /** Returns a map as a JSON object. */
    public static JsonObject texts(Map<String, String> texts) {
        JsonObjectBuilder map = FACTORY.createObjectBuilder();
        texts.forEach(map::add);
        return map.build();
    }

    public Fields add(String name, @Nullable String text) {
        if (text == null) {
            object.addNull(name);
        } else {
            object.add(name, text);
        }
        return this;
    }

    public Fields add(String name, long number) {
        object.add(name, number);
        return this;
    }

    public Fields add(String name, boolean flag) {
        object.add(name, flag);
        return this;
    }

    public Fields add(String name, @Nullable JsonValue value) {
        object.add(name, value == null ? JsonValue.NULL : value);
        return this;
    }

    /** Adds a time in the notation of ISO 8601. */
    public Fields add(String name, @Nullable Instant time) {
        return add(name, time == null ? null : time.toString());
    }

    /** Adds a constant in camel case, such as {@code inDoubt}. */
    public Fields add(String name, Enum<?> constant) {
        return add(name, Constants.name(constant));
    }

    /** Adds a duration in whole seconds. */
    public Fields addSeconds(String name, @Nullable Duration duration) {
        if (duration == null) {
            object.addNull(name);
        } else {
            object.add(name, duration.toSeconds());
        }
        return this;
    }

    public JsonObject build() {
        return object.build();
    }
}
