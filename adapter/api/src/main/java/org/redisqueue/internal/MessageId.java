// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

/** Checks message ids, and names of groups, which have the same form. */
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
        return require("Invalid message id", id);
    }

    /**
     * Checks the name of a group.
     *
     * @param group the name
     * @return the name
     * @throws IllegalArgumentException if the name is invalid (RQ-137)
     */
    public static String requireGroup(String group) {
        return require("RQ-137 Invalid group", group);
    }

    private static String require(String what, String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException(what + " '" + PrintableText.of(text)
                    + "': must be 1 to 200 printable ASCII characters without spaces");
        }
        return text;
    }

    /** {@return whether a text has 1 to 200 printable ASCII characters and no space} */
    public static boolean isValid(String text) {
        return text.matches("[\\x21-\\x7e]{1,200}");
    }
}
