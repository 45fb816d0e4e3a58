// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

/** Checks message ids. */
public final class MessageId {

    private MessageId() {}

    /**
     * Checks a message id.
     *
     * @param id the id
     * @return the id
     * @throws IllegalArgumentException if the id is invalid
     */
    public static String require(String id) {
        if (!isValid(id)) {
            throw new IllegalArgumentException("Invalid message id '" + PrintableText.of(id)
                    + "': must be 1 to 200 printable ASCII characters without spaces");
        }
        return id;
    }

    /** {@return whether a text has 1 to 200 printable ASCII characters and no space} */
    public static boolean isValid(String id) {
        return id.matches("[\\x21-\\x7e]{1,200}");
    }
}
