// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.net.ConnectException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

/** Thrown when a call to Redis fails. States whether Redis may nevertheless have executed the call. */
public final class RedisCallException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    /**
     * Failures after which the call was not executed: Redis replied with an error, or the call never reached it. Only
     * these classes count, not their subclasses.
     */
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

    /** Error replies of a Redis server that cannot execute anything at present. */
    private static final Set<Class<?>> TEMPORARY = Set.of(
            RedisBusyException.class,
            RedisClusterDownException.class,
            RedisLoadingException.class,
            RedisMasterDownException.class,
            RedisMovedException.class,
            RedisAskException.class,
            RedisNoReplicasException.class,
            RedisReadonlyException.class,
            RedisRedirectException.class);

    /** Why Redis has not executed a call. */
    private enum Obstacle {
        /** The slot of its keys migrates, or has migrated to a node that the client will soon know. */
        MIGRATION,
        /** It cannot execute anything at present. */
        TEMPORARY,
        OTHER
    }

    private final boolean outcomeUnknown;
    private final boolean connectionLost;
    private final Obstacle obstacle;
    private final transient @Nullable Unsettled<?> unsettled;

    private RedisCallException(
            String message,
            boolean outcomeUnknown,
            boolean connectionLost,
            Obstacle obstacle,
            @Nullable Unsettled<?> unsettled) {
        super(message);
        this.outcomeUnknown = outcomeUnknown;
        this.connectionLost = connectionLost;
        this.obstacle = obstacle;
        this.unsettled = unsettled;
    }

    /** A call that was certainly not executed, for a reason other than an error from Redis. */
    static RedisCallException notExecuted(String operation, String reason) {
        return new RedisCallException(notExecutedText(operation) + reason, false, true, Obstacle.OTHER, null);
    }

    /** A request that Redis refused individually, while it executed other requests of the same call. */
    static RedisCallException refused(String operation, String reason) {
        return new RedisCallException(notExecutedText(operation) + reason, false, false, Obstacle.OTHER, null);
    }

    /** A call that may have been executed, for example before the client was closed. */
    static RedisCallException unknown(String operation, Throwable failure) {
        return new RedisCallException(
                unknownOutcomeText(operation) + Failures.describe(failure), true, true, Obstacle.OTHER, null);
    }

    /** A call that is still being retried, to which Redis has not replied. */
    public static RedisCallException unanswered(String operation) {
        return new RedisCallException(
                unknownOutcomeText(operation) + "Redis has not replied yet", true, true, Obstacle.OTHER, null);
    }

    /** A call whose outcome Redis cannot know, because its receipt may have expired. */
    static RedisCallException expired(String operation) {
        return new RedisCallException(
                unknownOutcomeText(operation) + "Redis no longer has a receipt of the call",
                true,
                false,
                Obstacle.OTHER,
                null);
    }

    /** The message, which every exception of this class has. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "message");
    }

    /** Returns this failure as that of a call that can be settled. */
    RedisCallException with(Unsettled<?> call) {
        return new RedisCallException(getMessage(), outcomeUnknown, connectionLost, obstacle, call);
    }

    private static String notExecutedText(String operation) {
        return "RQ-107 '" + operation + "' was not executed: ";
    }

    private static String unknownOutcomeText(String operation) {
        return "RQ-107 The outcome of '" + operation + "' is unknown: ";
    }

    /**
     * Classifies the failure of a call.
     *
     * @param operation name of the operation, for the message
     * @param failure the failure; returned unchanged if it is a {@link RedisCallException}
     */
    static RedisCallException of(String operation, Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        if (cause instanceof RedisCallException known) {
            return known;
        }
        boolean unknown = !NOT_EXECUTED.contains(cause.getClass()) || isUnexpected(cause);
        return new RedisCallException(
                (unknown ? unknownOutcomeText(operation) : notExecutedText(operation)) + Failures.describe(cause),
                unknown,
                unknown || isNotReached(cause),
                obstacle(cause),
                null);
    }

    private static Obstacle obstacle(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        boolean toUnknownNode =
                failure instanceof RedisNodeNotFoundException && message.matches("(?s).*redirect=(MOVED|ASK).*");
        if (failure instanceof RedisTryAgainException || toUnknownNode || message.contains("redirection loop")) {
            return Obstacle.MIGRATION;
        }
        return TEMPORARY.contains(failure.getClass()) ? Obstacle.TEMPORARY : Obstacle.OTHER;
    }

    private static boolean isNotReached(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || NOT_REACHED.contains(cause.getClass())) {
                return true;
            }
        }
        return false;
    }

    /** Whether Redis did not answer, as opposed to replying with an error. */
    public boolean connectionLost() {
        return connectionLost;
    }

    /**
     * Whether a failure is something other than an error reply from Redis. An error reply has no cause; the client
     * wraps every other problem, before or after the call was sent.
     */
    private static boolean isUnexpected(Throwable failure) {
        return failure.getClass() == RedisException.class
                && failure.getCause() != null
                && !(failure.getCause() instanceof ConnectException);
    }

    /** Whether Redis may have executed the call. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /** Whether Redis replied that it no longer has a receipt of the call, so that the outcome cannot be determined. */
    public boolean receiptExpired() {
        return outcomeUnknown && !connectionLost;
    }

    /** Whether the call cannot be executed before the slot of its keys has migrated, or the client knows its new node. */
    boolean isMigrating() {
        return obstacle == Obstacle.MIGRATION;
    }

    /** Whether Redis replied that it cannot execute anything at present. */
    boolean isTemporary() {
        return obstacle != Obstacle.OTHER;
    }

    /**
     * Settles the call if its outcome is unknown and Redis can still determine it; otherwise empty.
     *
     * @param <T> the type of the result of the call
     */
    @SuppressWarnings("unchecked")
    public <T> Optional<Unsettled<T>> unsettled() {
        return Optional.ofNullable((Unsettled<T>) unsettled);
    }
}
