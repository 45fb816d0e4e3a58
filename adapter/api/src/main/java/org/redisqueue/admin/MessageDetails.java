// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message with its headers and its body.
 *
 * @param summary the message as in a list
 * @param headers the headers in their order, with lower-case names
 * @param body the beginning of the body: text if {@code binary} is false, Base64 otherwise
 * @param binary whether the body is not valid UTF-8
 * @param truncated whether the body is longer than {@code body}
 * @param malformed what is wrong with the format of the message; null if it is well-formed
 * @param version identifies the current headers and body, which {@link QueueAdmin#editBody} requires; empty if the body
 *     is truncated
 */
public record MessageDetails(
        MessageSummary summary,
        Map<String, String> headers,
        String body,
        boolean binary,
        boolean truncated,
        @Nullable String malformed,
        String version) {}
