// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;

/**
 * An error as defined by RFC 9457.
 *
 * @param status the status code
 * @param title the name of the status
 * @param detail what is wrong and what to do
 */
public record Problem(int status, String title, String detail) {

    /** The content type of errors. */
    public static final String TYPE = "application/problem+json";

    public JsonObject json() {
        return new Fields()
                .add("type", "about:blank")
                .add("title", title)
                .add("status", status)
                .add("detail", detail)
                .build();
    }
}
