// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/** The JSON object of a request. Unknown fields and wrong types are errors, because a misspelled filter selects too much. */
public final class RequestBody {

    /** The maximum size of a request body in bytes: 4 MiB. */
    public static final int MAX_SIZE = 4 << 20;

    private static final BigDecimal MAX_NUMBER = BigDecimal.valueOf(1_000_000_000_000L);
    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private final JsonObject object;

    private RequestBody(JsonObject object) {
        this.object = object;
    }

    /**
     * Reads a request body. An empty body is an object without fields.
     *
     * @param fields the names of the known fields
     */
    public static RequestBody read(InputStream input, String... fields) throws IOException {
        byte[] bytes = input.readNBytes(MAX_SIZE + 1);
        if (bytes.length > MAX_SIZE) {
            throw new TooLargeException();
        }
        if (bytes.length == 0) {
            return new RequestBody(JsonValue.EMPTY_JSON_OBJECT);
        }
        try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            RequestBody body = new RequestBody(reader.readObject());
            body.allowOnly(Set.of(fields));
            return body;
        } catch (JsonException e) {
            throw new QueueAdminException(Kind.INVALID, "The request body must be a JSON object.", e);
        }
    }

    private void allowOnly(Set<String> fields) {
        for (String name : object.keySet()) {
            if (!fields.contains(name)) {
                throw invalid("The field '" + name + "' is unknown. Known fields: "
                        + String.join(", ", new TreeSet<>(fields)) + ".");
            }
        }
    }

    public boolean has(String name) {
        return object.containsKey(name) && object.get(name) != JsonValue.NULL;
    }

    public String text(String name) {
        String text = optionalText(name);
        if (text == null) {
            throw invalid("The field '" + name + "' is missing.");
        }
        return text;
    }

    public @Nullable String optionalText(String name) {
        if (!has(name)) {
            return null;
        }
        if (!(object.get(name) instanceof JsonString text)) {
            throw invalid("The field '" + name + "' must be a text.");
        }
        return wellFormed(name, text.getString());
    }

    private static String wellFormed(String name, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw invalid("The field '" + name + "' contains half a surrogate pair.");
        }
        return text;
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonValue value : values(name)) {
            if (!(value instanceof JsonString text)) {
                throw invalid("The elements of '" + name + "' must be texts.");
            }
            texts.add(wellFormed(name, text.getString()));
        }
        return texts;
    }

    public List<RequestBody> objects(String name, String... fields) {
        List<RequestBody> objects = new ArrayList<>();
        for (JsonValue value : values(name)) {
            objects.add(object(name, value, fields));
        }
        return objects;
    }

    private List<JsonValue> values(String name) {
        JsonValue value = object.get(name);
        if (value == null || value.getValueType() != JsonValue.ValueType.ARRAY) {
            throw invalid("The field '" + name + "' must be an array.");
        }
        return value.asJsonArray();
    }

    public RequestBody object(String name, String... fields) {
        return object(name, object.get(name), fields);
    }

    private static RequestBody object(String name, @Nullable JsonValue value, String... fields) {
        if (value == null || value.getValueType() != JsonValue.ValueType.OBJECT) {
            throw invalid("The field '" + name + "' must be an object.");
        }
        RequestBody body = new RequestBody(value.asJsonObject());
        body.allowOnly(Set.of(fields));
        return body;
    }

    /** Returns a whole number that is not negative. */
    public long number(String name) {
        if (!(object.get(name) instanceof JsonNumber number)) {
            throw invalid("The field '" + name + "' must be a number.");
        }
        try {
            BigDecimal exact = number.bigDecimalValue();
            if (exact.signum() >= 0 && exact.compareTo(MAX_NUMBER) <= 0) {
                return exact.longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // not a whole number
        }
        throw invalid("The field '" + name + "' must be a whole number from 0 to " + MAX_NUMBER + ".");
    }

    /** Returns a flag, which is false if it is missing. */
    public boolean flag(String name) {
        if (!has(name)) {
            return false;
        }
        JsonValue value = object.get(name);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw invalid("The field '" + name + "' must be true or false.");
        }
        return value == JsonValue.TRUE;
    }

    private static QueueAdminException invalid(String message) {
        return new QueueAdminException(Kind.INVALID, message);
    }
}
