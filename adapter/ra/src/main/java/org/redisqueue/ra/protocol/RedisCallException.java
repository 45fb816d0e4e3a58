// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.net.ConnectException;
import java.util.Set;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisBusyException;
import org.redisson.client.RedisClusterDownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisMasterDownException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisReadonlyException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.RedisWrongPasswordException;

/** A call to Redis failed; it says whether the call may have been executed all the same. */
public final class RedisCallException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    /** Redis answered with an error, or the call never reached it. Of these classes exactly, not of others below them. */
    private static final Set<Class<?>> NOT_EXECUTED = Set.of(
            RedisUnavailableException.class,
            RedisAuthRequiredException.class,
            RedisBusyException.class,
            RedisClusterDownException.class,
            RedisConnectionException.class,
            RedisException.class,
            RedisLoadingException.class,
            RedisMasterDownException.class,
            RedisNodeNotFoundException.class,
            RedisOutOfMemoryException.class,
            RedisReadonlyException.class,
            RedisTimeoutException.class,
            RedisWrongPasswordException.class);

    private static final Set<Class<?>> NOT_REACHED = Set.of(
            RedisUnavailableException.class,
            RedisConnectionException.class,
            RedisNodeNotFoundException.class,
            RedisTimeoutException.class);

    private final boolean outcomeUnknown;
    private final boolean connectionLost;

    private RedisCallException(String message, boolean outcomeUnknown, boolean connectionLost) {
        super(message);
        this.outcomeUnknown = outcomeUnknown;
        this.connectionLost = connectionLost;
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
        String outcome = unknown ? "has an unknown outcome" : "was not done";
        return new RedisCallException(
                "RQ-107 '" + operation + "' " + outcome + ": " + Failures.describe(cause),
                unknown,
                unknown || isNotReached(cause));
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
}
