// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.redisqueue.ra.client.Failures;
import org.redisson.api.RScript;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;
import org.redisson.client.RedisNoScriptException;

/** The Lua scripts. Each is a file next to this class. Its header describes the keys, the arguments and the result. */
enum Script {
    SEND,
    CLAIM,
    RENEW,
    ACKNOWLEDGE,
    REDELIVER,
    TAKEBACK,
    RELEASE,
    WAKE,
    PREPARE,
    COMMIT,
    ROLLBACK,
    SETTLE,
    CANCEL,
    FORGET,
    BIND,
    CONFIGURE,
    OCCUPY,
    QUEUES,
    BRANCHES,
    UNREGISTER,
    INSPECT,
    OVERVIEW,
    HISTORY,
    PAUSE,
    BROWSE,
    MESSAGE,
    HOLDER,
    UNBIND,
    EDIT,
    DELETE,
    PREPARED,
    STARTJOB,
    ENDJOB,
    DEADLETTERS,
    READYMESSAGES,
    DROPQUEUE,
    TYPES,
    SURVEY,
    REPAIR,
    UNBLOCK,
    HEARTBEAT,
    TALLY,
    SERVERS,
    RIGHTS;

    private final String source;
    private final String sha1;

    Script() {
        source = ScriptSource.of(name().toLowerCase(Locale.ROOT));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            sha1 = HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The complete source, including its fragments. */
    String source() {
        return source;
    }

    /**
     * Runs the script on the server that holds its first key. A server that does not know the script yet receives its
     * source.
     */
    <T> CompletableFuture<T> run(
            RedissonClient redisson, Duration timeout, ReturnType type, List<Object> keys, Object... arguments) {
        RScript scripts = redisson.getScript(
                OptionalOptions.defaults().codec(ScriptCodec.INSTANCE).timeout(timeout));
        CompletionStage<T> known = scripts.evalShaAsync(Mode.READ_WRITE, sha1, type, keys, arguments);
        return known.handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    if (Failures.unwrap(failure) instanceof RedisNoScriptException) {
                        return scripts.<T>evalAsync(Mode.READ_WRITE, source, type, keys, arguments)
                                .toCompletableFuture();
                    }
                    return CompletableFuture.<T>failedFuture(failure);
                })
                .thenCompose(result -> result)
                .toCompletableFuture();
    }
}
