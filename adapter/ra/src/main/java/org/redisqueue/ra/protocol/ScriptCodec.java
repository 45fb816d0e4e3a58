// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.redisson.client.codec.BaseCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;

/** Encodes script arguments, which are bytes or text, without conversion, and decodes script results as bytes. */
final class ScriptCodec extends BaseCodec {

    static final ScriptCodec INSTANCE = new ScriptCodec();

    private final Encoder encoder = value -> Unpooled.wrappedBuffer(
            value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8));
    private final Decoder<Object> decoder = (buffer, state) -> {
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.skipBytes(bytes.length);
        return bytes;
    };

    @Override
    public Encoder getValueEncoder() {
        return encoder;
    }

    @Override
    public Decoder<Object> getValueDecoder() {
        return decoder;
    }
}
