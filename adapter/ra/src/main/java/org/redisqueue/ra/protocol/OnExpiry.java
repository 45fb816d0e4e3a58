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
     * The value with this text, as used in the configuration.
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
