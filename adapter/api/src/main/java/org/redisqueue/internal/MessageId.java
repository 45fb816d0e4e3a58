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
        if (!id.matches("[\\x21-\\x7e]{1,200}")) {
            throw new IllegalArgumentException("Invalid message id '" + PrintableText.of(id)
                    + "': must be 1 to 200 printable ASCII characters without spaces");
        }
        return id;
    }
}
