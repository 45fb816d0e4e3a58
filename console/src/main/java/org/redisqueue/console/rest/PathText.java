// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.console.json.MessageIds;

/** Values in paths and query parameters. */
final class PathText {

    private static final String ENCODED = "~";

    private PathText() {}

    /**
     * Returns the name of a queue or of a branch. Clients encode a name that they cannot write into a path, such as two dots,
     * with base64url after a tilde.
     */
    static String name(String segment) {
        return segment.startsWith(ENCODED) ? MessageIds.decode(segment.substring(ENCODED.length())) : segment;
    }

    /** Returns a number, or the default if the parameter is missing. */
    static int number(String name, @Nullable String value, int byDefault) {
        if (value == null || value.isEmpty()) {
            return byDefault;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new QueueAdminException(Kind.INVALID, name + " must be a whole number.", e);
        }
    }

    /** Returns a parameter that the client may leave out or leave empty. */
    static @Nullable String optional(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }
}
