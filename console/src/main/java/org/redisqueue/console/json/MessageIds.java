// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/**
 * The form of message ids in URL paths: base64url without padding. Ids may contain slashes and percent signs, which many
 * servers refuse even if they are escaped.
 */
public final class MessageIds {

    private MessageIds() {}

    public static String encode(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Decodes an id.
     *
     * @throws QueueAdminException if the text is not base64url without padding, or not UTF-8
     */
    public static String decode(String encoded) {
        try {
            if (encoded.isEmpty() || encoded.indexOf('=') >= 0) {
                throw invalid(null);
            }
            byte[] bytes = Base64.getUrlDecoder().decode(encoded);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw invalid(e);
        }
    }

    private static QueueAdminException invalid(@Nullable Throwable cause) {
        return new QueueAdminException(
                Kind.INVALID, "Message ids in paths are encoded with base64url, without padding.", cause);
    }
}
