// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

/** Writes a JSON object without nested objects. Independent of the JSON libraries of the server. */
final class JsonObject {

    private final StringBuilder json = new StringBuilder("{");

    JsonObject put(String name, String value) {
        return name(name).text(value);
    }

    JsonObject put(String name, long value) {
        name(name).json.append(value);
        return this;
    }

    JsonObject put(String name, boolean value) {
        name(name).json.append(value);
        return this;
    }

    private JsonObject name(String name) {
        if (json.length() > 1) {
            json.append(',');
        }
        text(name).json.append(':');
        return this;
    }

    private JsonObject text(String value) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                json.append('\\').append(character);
            } else if (character < ' ') {
                json.append("\\u%04x".formatted((int) character));
            } else {
                json.append(character);
            }
        }
        json.append('"');
        return this;
    }

    @Override
    public String toString() {
        return json + "}";
    }
}
