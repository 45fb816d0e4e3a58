// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a JSON object without nested objects. Independent of the JSON libraries of the server. */
final class JsonObjectReader {

    private final String json;
    private int position;

    private JsonObjectReader(String json) {
        this.json = json;
    }

    /** The properties of an object, each as text; empty if the text is anything else. */
    static Optional<Map<String, String>> read(String json) {
        try {
            return Optional.of(new JsonObjectReader(json).object());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private Map<String, String> object() {
        Map<String, String> properties = new HashMap<>();
        expect('{');
        if (next() == '}') {
            expect('}');
        } else {
            do {
                String name = string();
                expect(':');
                properties.put(name, next() == '"' ? string() : word());
            } while (hasMore());
        }
        if (!json.substring(position).isBlank()) {
            throw new IllegalArgumentException("Text after the object");
        }
        return properties;
    }

    private boolean hasMore() {
        if (next() == ',') {
            expect(',');
            return true;
        }
        expect('}');
        return false;
    }

    /** The next character that is not white space. */
    private char next() {
        while (Character.isWhitespace(json.charAt(position))) {
            position++;
        }
        return json.charAt(position);
    }

    private void expect(char character) {
        if (next() != character) {
            throw new IllegalArgumentException("Expected " + character);
        }
        position++;
    }

    /** A number, true, false or null. */
    private String word() {
        int start = position;
        while ("+-.".indexOf(json.charAt(position)) >= 0 || Character.isLetterOrDigit(json.charAt(position))) {
            position++;
        }
        if (position == start) {
            throw new IllegalArgumentException("Nested");
        }
        return json.substring(start, position);
    }

    private String string() {
        expect('"');
        StringBuilder text = new StringBuilder();
        while (json.charAt(position) != '"') {
            char character = json.charAt(position++);
            text.append(character == '\\' ? escaped() : character);
        }
        position++;
        return text.toString();
    }

    private char escaped() {
        char character = json.charAt(position++);
        return switch (character) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                position += 4;
                yield (char) Integer.parseInt(json.substring(position - 4, position), 16);
            }
            default -> character;
        };
    }
}
