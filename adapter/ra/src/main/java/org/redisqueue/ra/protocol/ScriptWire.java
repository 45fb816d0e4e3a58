// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;

/**
 * Sends the calls of scripts to Redis.
 *
 * @param <T> the type of the reply
 */
interface ScriptWire<T> {

    /** Sends a call. */
    CompletionStage<T> send(Function<RScriptAsync, CompletionStage<T>> call);

    /**
     * Sends a call of a script that the server does not know.
     *
     * @param source the source of the script
     * @param byDigest the call without the source
     * @param withSource the call with the source
     */
    default CompletionStage<T> sendUnknown(
            String source,
            Function<RScriptAsync, CompletionStage<T>> byDigest,
            Function<RScriptAsync, CompletionStage<T>> withSource) {
        return send(withSource);
    }

    /**
     * A wire for calls that nothing has to confirm.
     *
     * @param timeout how long the reply is awaited
     */
    static <T> ScriptWire<T> of(RedissonClient redisson, Duration timeout) {
        return call -> call.apply(redisson.getScript(
                OptionalOptions.defaults().codec(ScriptCodec.INSTANCE).timeout(timeout)));
    }
}
