// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.net.ConnectException;
import java.util.Optional;
import java.util.Set;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.client.RedisAskException;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisBusyException;
import org.redisson.client.RedisClusterDownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisMasterDownException;
import org.redisson.client.RedisMovedException;
import org.redisson.client.RedisNoReplicasException;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisReadonlyException;
import org.redisson.client.RedisRedirectException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.RedisTryAgainException;
import org.redisson.client.RedisWrongPasswordException;

/** A call to Redis failed; it says whether the call may have been executed all the same. */
public final class RedisCallException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    /** Redis answered with an error, or the call never reached it. Of these classes exactly, not of others below them. */
    private static final Set<Class<?>> NOT_EXECUTED = Set.of(
            RedisUnavailableException.class,
            RedisAskException.class,
            RedisAuthRequiredException.class,
            RedisBusyException.class,
            RedisClusterDownException.class,
            RedisConnectionException.class,
            RedisException.class,
            RedisLoadingException.class,
            RedisMasterDownException.class,
            RedisMovedException.class,
            RedisNoReplicasException.class,
            RedisNoScriptException.class,
            RedisNodeNotFoundException.class,
            RedisOutOfMemoryException.class,
            RedisReadonlyException.class,
            RedisRedirectException.class,
            RedisTimeoutException.class,
            RedisTryAgainException.class,
            RedisWrongPasswordException.class);

    private static final Set<Class<?>> NOT_REACHED = Set.of(
            RedisUnavailableException.class,
            RedisConnectionException.class,
            RedisNodeNotFoundException.class,
            RedisTimeoutException.class);

    /** Redis answered that it cannot execute anything at present. */
    private static final Set<Class<?>> TEMPORARY = Set.of(
            RedisBusyException.class,
            RedisClusterDownException.class,
            RedisLoadingException.class,
            RedisMasterDownException.class,
            RedisMovedException.class,
            RedisAskException.class,
            RedisNoReplicasException.class,
            RedisReadonlyException.class,
            RedisRedirectException.class,
            RedisTryAgainException.class);

    private final boolean outcomeUnknown;
    private final boolean connectionLost;
    private final boolean temporary;
    private final transient Unsettled<?> unsettled;

    private RedisCallException(
            String message, boolean outcomeUnknown, boolean connectionLost, boolean temporary, Unsettled<?> unsettled) {
        super(message);
        this.outcomeUnknown = outcomeUnknown;
        this.connectionLost = connectionLost;
        this.temporary = temporary;
        this.unsettled = unsettled;
    }

    /** A call that was certainly not executed, for a reason that is not an error of Redis. */
    static RedisCallException notExecuted(String operation, String reason) {
        return new RedisCallException(notDone(operation) + reason, false, true, false, null);
    }

    /** A request that Redis refused for itself, with others of the same call that it executed. */
    static RedisCallException refused(String operation, String reason) {
        return new RedisCallException(notDone(operation) + reason, false, false, false, null);
    }

    /** A call that may have been executed before the client was closed. */
    static RedisCallException unknown(String operation, Throwable failure) {
        return new RedisCallException(unknownOutcome(operation) + Failures.describe(failure), true, true, false, null);
    }

    /** A call that is still being sent. */
    public static RedisCallException unanswered(String operation) {
        return new RedisCallException(
                unknownOutcome(operation) + "Redis has not answered yet", true, true, false, null);
    }

    /** Redis cannot know what became of a call. */
    static RedisCallException expired(String operation) {
        return new RedisCallException(
                unknownOutcome(operation) + "Redis has kept no receipt for so long", true, false, false, null);
    }

    /** The same failure of a call that can be settled. */
    RedisCallException with(Unsettled<?> call) {
        return new RedisCallException(getMessage(), outcomeUnknown, connectionLost, temporary, call);
    }

    private static String notDone(String operation) {
        return "RQ-107 '" + operation + "' was not done: ";
    }

    private static String unknownOutcome(String operation) {
        return "RQ-107 '" + operation + "' has an unknown outcome: ";
    }

    /**
     * @param operation what was called, for the message
     * @param failure what came of it
     */
    static RedisCallException of(String operation, Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        if (cause instanceof RedisCallException known) {
            return known;
        }
        boolean unknown = !NOT_EXECUTED.contains(cause.getClass()) || isUnexpected(cause);
        return new RedisCallException(
                (unknown ? unknownOutcome(operation) : notDone(operation)) + Failures.describe(cause),
                unknown,
                unknown || isNotReached(cause),
                TEMPORARY.contains(cause.getClass()),
                null);
    }

    private static boolean isNotReached(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || NOT_REACHED.contains(cause.getClass())) {
                return true;
            }
        }
        return false;
    }

    /** Whether Redis did not answer, in difference to an error that it answered with. */
    public boolean connectionLost() {
        return connectionLost;
    }

    /** An answer of Redis has no cause. The client wraps what else went wrong, after the call was sent or before. */
    private static boolean isUnexpected(Throwable failure) {
        return failure.getClass() == RedisException.class
                && failure.getCause() != null
                && !(failure.getCause() instanceof ConnectException);
    }

    /** Whether Redis may have executed the call. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /** Whether Redis answered that it cannot execute anything at present. */
    boolean isTemporary() {
        return temporary;
    }

    /** What settles the call, if its outcome is unknown and Redis can be asked about it; its result is the call's. */
    @SuppressWarnings("unchecked")
    public <T> Optional<Unsettled<T>> unsettled() {
        return Optional.ofNullable((Unsettled<T>) unsettled);
    }
}
