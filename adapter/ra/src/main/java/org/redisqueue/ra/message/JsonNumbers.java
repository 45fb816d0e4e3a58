// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import org.redisqueue.internal.NumberLimit;

/**
 * Detects numbers in JSON that are too expensive to convert, in one pass and before a parser reads them. It does not
 * validate the JSON.
 *
 * <p>JSON-B also converts strings to numbers if the target type is numeric. A string of digits therefore counts as a
 * number, but has a higher limit because it may be intended as text.
 */
final class JsonNumbers {

    /** The maximum length of a string that could be converted to a number, in characters. */
    static final int MAX_STRING_LENGTH = 10_000;

    private final String json;
    private int position;

    private JsonNumbers(String json) {
        this.json = json;
    }

    /**
     * Checks the numbers of a JSON text.
     *
     * @throws IllegalArgumentException if a number exceeds the limits; the exception does not quote the number
     */
    static void require(String json) {
        new JsonNumbers(json).scan();
    }

    private void scan() {
        while (position < json.length()) {
            char c = json.charAt(position);
            if (c == '"') {
                position++;
                scanString();
            } else if (c == '-' || c >= '0' && c <= '9') {
                scanNumber();
            } else {
                position++;
            }
        }
    }

    private void scanNumber() {
        int start = position;
        int exponent = -1;
        while (position < json.length() && isNumberCharacter(json.charAt(position))) {
            char c = json.charAt(position++);
            if (c == 'e' || c == 'E') {
                exponent = position;
            }
        }
        if (position - start > NumberLimit.MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "it contains a number of more than " + NumberLimit.MAX_LENGTH + " characters");
        }
        if (exponent >= 0 && NumberLimit.exceedsExponent(json.substring(exponent, position))) {
            throw new IllegalArgumentException(
                    "it contains a number with an exponent beyond " + NumberLimit.MAX_EXPONENT);
        }
    }

    /** Scans the rest of a string, starting after its opening quotation mark. */
    private void scanString() {
        boolean numeric = true;
        int length = 0;
        while (position < json.length()) {
            char c = json.charAt(position++);
            if (c == '"') {
                break;
            }
            if (c == '\\') {
                c = readEscape();
            }
            length++;
            numeric = numeric && (Character.isDigit(c) || Character.isSurrogate(c) || isNumberCharacter(c));
        }
        if (numeric && length > MAX_STRING_LENGTH) {
            throw new IllegalArgumentException("it contains a string of more than " + MAX_STRING_LENGTH + " digits");
        }
    }

    /** Returns the character that follows a backslash, or a space if the escape cannot be part of a number. */
    private char readEscape() {
        if (position >= json.length()) {
            return ' ';
        }
        char kind = json.charAt(position++);
        if (kind != 'u' || position + 4 > json.length()) {
            return ' ';
        }
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(json.charAt(position + i), 16);
            if (digit < 0) {
                return ' ';
            }
            unit = unit * 16 + digit;
        }
        position += 4;
        return (char) unit;
    }

    private static boolean isNumberCharacter(char c) {
        return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }
}
