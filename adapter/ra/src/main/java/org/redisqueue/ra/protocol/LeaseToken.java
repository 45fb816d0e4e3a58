// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a fencing token tells about its claim: {@code <server>.<listener>.<time>.<random>}. The numbers have base 36, and
 * the last character is random.
 *
 * @param server identifies the {@link QueueOperations} that made the claim
 * @param listener the number of the listener, 0 for none
 * @param millis the time of the claim, in milliseconds since 1970
 */
public record LeaseToken(String server, int listener, long millis) {

    private static final int BASE = Character.MAX_RADIX;
    private static final int SERVER_LENGTH = 10;
    private static final Pattern FORM =
            Pattern.compile("([0-9a-z]{" + SERVER_LENGTH + "})\\.([0-9a-z]{1,5})\\.([0-9a-z]{1,10})\\.[0-9a-z]{1,13}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new id of a server. */
    static String newServer() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < SERVER_LENGTH; i++) {
            id.append(Character.forDigit(RANDOM.nextInt(BASE), BASE));
        }
        return id.toString();
    }

    /** A token that no other claim has. */
    String unique() {
        return server
                + '.'
                + Integer.toString(listener, BASE)
                + '.'
                + Long.toString(millis, BASE)
                + '.'
                + Long.toUnsignedString(RANDOM.nextLong(), BASE);
    }

    /** Reads a token; empty if a client other than this adapter has made it. */
    public static Optional<LeaseToken> of(String token) {
        Matcher parts = FORM.matcher(token);
        return parts.matches()
                ? Optional.of(new LeaseToken(
                        parts.group(1), Integer.parseInt(parts.group(2), BASE), Long.parseLong(parts.group(3), BASE)))
                : Optional.empty();
    }
}
