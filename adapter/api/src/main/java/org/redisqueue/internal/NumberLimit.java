// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits the size of numbers in messages. The time to convert a number grows with the square of its length, so a single
 * long number could keep a processor busy for minutes.
 */
public final class NumberLimit {

    /** The maximum length of a number, in characters. */
    public static final int MAX_LENGTH = 1_000;

    /** The maximum absolute value of an exponent. */
    public static final int MAX_EXPONENT = 1_000;

    private static final Pattern EXPONENT = Pattern.compile("[+-]?0*([0-9]+)");

    private NumberLimit() {}

    /**
     * Checks a text before it is converted to a number.
     *
     * @param text the text of the number
     * @throws IllegalArgumentException if the text exceeds a limit; the exception does not quote the text
     */
    public static void require(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a number has more than " + MAX_LENGTH + " characters");
        }
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        if (exponent >= 0 && exceedsExponent(text.substring(exponent + 1))) {
            throw new IllegalArgumentException("a number has an exponent beyond " + MAX_EXPONENT);
        }
    }

    /**
     * Returns whether an exponent is an integer beyond {@link #MAX_EXPONENT}.
     *
     * @param exponent the text after the {@code e} of a number
     * @return true if the exponent is too large; false if it is in range or not an integer
     */
    public static boolean exceedsExponent(String exponent) {
        Matcher digits = EXPONENT.matcher(exponent);
        return digits.matches() && (digits.group(1).length() > 9 || Integer.parseInt(digits.group(1)) > MAX_EXPONENT);
    }
}
