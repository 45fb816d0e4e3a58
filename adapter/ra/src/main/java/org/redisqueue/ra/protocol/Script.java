// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.redisqueue.ra.client.Failures;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RScriptAsync;
import org.redisson.client.RedisException;
import org.redisson.client.RedisNoScriptException;

/** The Lua scripts. Each is a file next to this class. Its header describes the keys, the arguments and the result. */
enum Script {
    SEND,
    CLAIM,
    RENEW,
    SHIFT,
    ACKNOWLEDGE,
    REDELIVER,
    TAKEBACK,
    RELEASE,
    WAKE,
    LOOK,
    PREPARE,
    COMMIT,
    ROLLBACK,
    SETTLE,
    CANCEL,
    FORGET,
    BIND,
    CONFIGURE,
    OCCUPY,
    REGISTER,
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

    /** The scripts that use only the key that they declare. Redis runs them on the node that has it. */
    private static final Set<Script> OF_ONE_KEY =
            Set.of(RENEW, SHIFT, SETTLE, BIND, UNBIND, REGISTER, QUEUES, HOLDER, PREPARED, ENDJOB);

    /** Ignores the last key, see {@link #runInCluster}. */
    private static final String WITHOUT_LAST_KEY = "table.remove(KEYS)\n";

    private final String source;
    private final String sha1;
    private final String sourceInCluster;
    private final String sha1InCluster;

    Script() {
        source = ScriptSource.of(name().toLowerCase(Locale.ROOT));
        sha1 = sha1(source);
        sourceInCluster = WITHOUT_LAST_KEY + source;
        sha1InCluster = sha1(sourceInCluster);
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The complete source, including its fragments. */
    String source() {
        return source;
    }

    /** Whether a call with one key declares every key that the script uses. */
    boolean isOfOneKey() {
        return OF_ONE_KEY.contains(this);
    }

    /**
     * Runs the script on the server that holds its first key. A server that does not know the script yet receives its
     * source.
     */
    <T> CompletableFuture<T> run(ScriptWire<T> wire, ReturnType type, List<Object> keys, Object... arguments) {
        return run(source, sha1, wire, type, keys, arguments);
    }

    /**
     * Runs the script in a Redis Cluster, where the slot of its keys may be migrating. The node then has only some of the
     * keys, and the script would end with an error when it uses another one, perhaps after it has written. As the script
     * does not declare all keys that it uses, a further key is declared that never exists: a node that lacks one of the
     * declared keys does not run the script while the slot migrates, but replies TRYAGAIN or ASK.
     *
     * @param absent a key in the slot of the other keys that never exists; the script does not see it
     */
    <T> CompletableFuture<T> runInCluster(
            ScriptWire<T> wire, ReturnType type, List<Object> keys, String absent, Object... arguments) {
        List<Object> declared = new ArrayList<>(keys);
        declared.add(absent);
        return run(sourceInCluster, sha1InCluster, wire, type, declared, arguments);
    }

    /** Whether a server does not know the script. After a redirection, the client reports a plain exception. */
    private static boolean isUnknown(Throwable failure) {
        return failure instanceof RedisNoScriptException
                || failure instanceof RedisException
                        && String.valueOf(failure.getMessage()).startsWith("NOSCRIPT");
    }

    private static <T> CompletableFuture<T> run(
            String source, String sha1, ScriptWire<T> wire, ReturnType type, List<Object> keys, Object... arguments) {
        Function<RScriptAsync, CompletionStage<T>> byDigest =
                scripts -> scripts.evalShaAsync(Mode.READ_WRITE, sha1, type, keys, arguments);
        return wire.send(byDigest)
                .handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    if (isUnknown(Failures.unwrap(failure))) {
                        return wire.sendUnknown(
                                        source,
                                        byDigest,
                                        scripts -> scripts.evalAsync(Mode.READ_WRITE, source, type, keys, arguments))
                                .toCompletableFuture();
                    }
                    return CompletableFuture.<T>failedFuture(failure);
                })
                .thenCompose(result -> result)
                .toCompletableFuture();
    }
}
