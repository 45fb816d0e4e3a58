// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message with its headers and its body.
 *
 * @param summary what lists show of the message
 * @param headers the headers in their original order, with names in lower case
 * @param body the body, or its beginning if {@code truncated} is true; in Base64 if {@code binary} is true
 * @param binary whether the body is not valid UTF-8
 * @param truncated whether the message has more of a body than {@code body}
 * @param malformed what is wrong with the format of the message; null if it is well-formed
 * @param version identifies the current headers and body, for {@link QueueAdmin#editBody}; empty if the body is
 *     truncated
 */
public record MessageDetails(
        MessageSummary summary,
        Map<String, String> headers,
        String body,
        boolean binary,
        boolean truncated,
        @Nullable String malformed,
        String version) {}
