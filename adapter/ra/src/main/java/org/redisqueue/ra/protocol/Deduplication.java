// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The deduplication key of a message to send.
 *
 * @param key 1 to 200 printable ASCII characters without a space
 * @param windowMillis how long the key is kept after the message was published, 1 to 315,360,000,000 ms
 * @param rollback whether the transaction is rolled back if another message has the key; otherwise, the message is
 *     dropped
 */
public record Deduplication(String key, long windowMillis, boolean rollback) {

    /** The options of {@code options.lua}, as members of a JSON object. */
    String json() {
        return "\"key\":\"" + escaped(key) + "\",\"window\":" + windowMillis + (rollback ? ",\"rollback\":1" : "");
    }

    /** Printable ASCII characters as the content of a JSON string. */
    static String escaped(String printable) {
        return printable.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
