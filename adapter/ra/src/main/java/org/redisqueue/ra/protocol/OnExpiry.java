// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** What happens to a message whose time to live ends before it is acknowledged. */
public enum OnExpiry {
    DROP("drop"),
    DEAD_LETTER("dead-letter");

    private final String text;

    OnExpiry(String text) {
        this.text = text;
    }

    /**
     * Parses the value that the configuration uses.
     *
     * @throws IllegalArgumentException if there is no such value
     */
    public static OnExpiry of(String text) {
        for (OnExpiry value : values()) {
            if (value.text.equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
