// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import org.jspecify.annotations.Nullable;

/**
 * Makes untrusted text safe to log or to store as a reason: the result is a single line of bounded length, with
 * invisible characters escaped.
 */
public final class PrintableText {

    /** The maximum number of characters, not counting the ellipsis that marks truncated text. */
    public static final int MAX_LENGTH = 1_000;

    private PrintableText() {}

    /**
     * Returns the text truncated to {@link #MAX_LENGTH}, with control characters, line separators, invisible formatting
     * characters, private-use and unassigned characters, and unpaired surrogates escaped, as in {@code \n} or
     * {@code \u202e}.
     *
     * @param value the text, or an object whose string representation is used
     * @return the printable text
     */
    public static String of(@Nullable Object value) {
        String text = String.valueOf(value);
        if (text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            return text;
        }
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            String piece = isPrintable(character) ? Character.toString(character) : escape(character);
            if (printable.length() + piece.length() > MAX_LENGTH) {
                return printable.append('…').toString();
            }
            printable.append(piece);
            i += Character.charCount(character);
        }
        return printable.toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                StringBuilder escaped = new StringBuilder();
                for (char unit : Character.toChars(character)) {
                    escaped.append("\\u%04x".formatted((int) unit));
                }
                yield escaped.toString();
            }
        };
    }
}
