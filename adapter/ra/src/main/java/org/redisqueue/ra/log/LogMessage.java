// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;

/**
 * The messages that the adapter writes to the server log, under the category {@code org.redisqueue}. Each message has
 * an id, under which the documentation lists the remedy.
 *
 * <p>Arguments are made {@linkplain PrintableText printable}, so that external data cannot forge a log line. Messages
 * about a queue or a branch with level INFO or above are limited: within a minute, at most ten messages with the same
 * id are logged for each queue, and at most ten for all branches together.
 */
public enum LogMessage {
    STARTED(1, Level.INFO, "Redis Queue Connector started: %s"),
    STOPPED(2, Level.INFO, "Redis Queue Connector stopped."),

    CONNECTED(201, Level.INFO, "Connected to %s at %s."),
    NO_PERSISTENCE(
            202,
            Level.WARNING,
            "Redis at %s has no append-only file and can lose messages if it crashes. Set 'appendonly "
                    + "yes' in its configuration."),
    SERVER_NOT_CHECKED(203, Level.WARNING, "The version and settings of Redis at %s cannot be checked: %s"),

    PASSWORD_UNPROTECTED(
            204,
            Level.WARNING,
            "The password for Redis at %s is sent to another host without encryption. Use rediss:// addresses."),
    SUPPRESSED(205, Level.WARNING, "Suppressed %s more %s messages about %s within one minute."),
    HEARTBEAT_DENIED(
            206,
            Level.WARNING,
            "The user of Redis at %s may not write heartbeats, so that operators do not see what this server does: %s"),
    BEAN_NOT_REGISTERED(
            207, Level.WARNING, "Management bean '%s' cannot be registered (deliveries are not affected): %s"),

    UNCONFIRMED(
            208,
            Level.WARNING,
            "A call to Redis at %s was executed, but %s. Such calls are repeated for two minutes at most; the "
                    + "transactions wait meanwhile."),
    TOO_FEW_REPLICAS(
            209,
            Level.WARNING,
            "Redis at %s has %s connected replica(s), but waitReplicas is %s: transactions wait for more replicas."),
    NO_CONFIRMATION(
            210,
            Level.WARNING,
            "A failover of Redis at %s may lose messages whose transactions have committed, because waitReplicas is 0."),
    NEW_MASTERS(211, Level.INFO, "The masters of Redis at %s are now %s."),
    UNSAFE_MASTER(212, Level.SEVERE, "After a failover: %s"),
    CLOCK_JUMPED(
            213,
            Level.WARNING,
            "Queue '%s': the clock of Redis has jumped by %s ms, or this server was suspended. Shifted leases: %s."),

    CONSUMING(
            301,
            Level.INFO,
            "Consuming queue '%s' with up to %s concurrent calls of listener '%s'. Settings other than the defaults: %s."),
    NO_LONGER_CONSUMING(302, Level.INFO, "Stopped consuming queue '%s'."),
    REDIS_LOST(303, Level.WARNING, "Queue '%s' cannot be consumed (retrying at least every 5 s): %s"),
    REDIS_BACK(304, Level.INFO, "Queue '%s' is being consumed again."),
    REDELIVERY(
            305,
            Level.FINE,
            "Queue '%s': message '%s' failed (failed deliveries: %s) and will be redelivered in %s ms: %s"),
    DEAD_LETTER(306, Level.WARNING, "Queue '%s': message '%s' was dead-lettered: %s"),
    MESSAGE_GONE(307, Level.FINE, "Queue '%s': message '%s' no longer exists. It expired or was deleted."),
    LEASE_LOST(
            308,
            Level.WARNING,
            "Queue '%s': the lease of message '%s' was lost to another consumer. The transaction of "
                    + "this delivery will be rolled back."),
    NOT_DRAINED(
            309,
            Level.WARNING,
            "Queue '%s': %s listener call(s) did not finish within drainTimeout (%s ms). Their "
                    + "messages remain claimed until they finish."),
    NO_WORK_ACCEPTED(
            310, Level.WARNING, "Queue '%s': the container's WorkManager rejects work (retrying within 10 s): %s"),
    COMMITTED_DESPITE_EXCEPTION(
            311,
            Level.WARNING,
            "Queue '%s': the listener failed for message '%s', but the container committed the "
                    + "transaction. The message is acknowledged. Cause: %s"),
    ENDPOINT_FAILED(
            312,
            Level.WARNING,
            "Queue '%s': the container failed to deliver message '%s' or to commit its transaction: %s"),
    NOT_CONFIRMED(313, Level.WARNING, "Queue '%s': Redis did not confirm operation '%s' for message '%s': %s"),
    PAUSED(314, Level.INFO, "Queue '%s' is paused."),
    RESUMED(315, Level.INFO, "Queue '%s' is resumed."),
    WAIT_REFUSED(
            316,
            Level.WARNING,
            "Queue '%s': Redis rejects the blocking wait for messages (polling every second instead): %s"),
    LISTENER_REFUSED(
            317,
            Level.FINE,
            "Queue '%s': the container did not call the listener, so message '%s' remains in the queue: %s"),
    NOT_BEGUN(318, Level.WARNING, "Queue '%s': the delivery of message '%s' cannot begin (retrying within 10 s): %s"),
    CONSUMING_FAILED(319, Level.WARNING, "Queue '%s': consuming failed unexpectedly (resuming within 10 s): %s"),
    NO_CONNECTION_TO_WAIT(
            320,
            Level.WARNING,
            "Queue '%s': waiting listeners occupy half of poolSize. Polling for messages every "
                    + "second instead. Increase poolSize."),
    EXPIRED(321, Level.FINE, "Queue '%s': dropped %s expired message(s)."),
    OBSERVER_FAILED(
            322, Level.WARNING, "Queue '%s': an observer of deliveries failed (deliveries are not affected): %s"),
    FOREIGN_TRANSACTION(
            325,
            Level.SEVERE,
            "Queue '%s': paused listener '%s' because the container runs it in a transaction other "
                    + "than the delivery's. Change its transaction attribute to REQUIRED or NOT_SUPPORTED, and redeploy "
                    + "it."),
    BREAKER_OPENED(
            326,
            Level.WARNING,
            "Queue '%s': the circuit breaker of a listener opened after %s failure(s) without a success, which do not "
                    + "count. The first probe follows in %s ms. Last failure: %s"),
    BREAKER_CLOSED(327, Level.INFO, "Queue '%s': the circuit breaker of a listener closed after %s ms."),
    BATCH_ROLLED_BACK(
            332,
            Level.INFO,
            "Queue '%s': a batch of %s messages was rolled back, so each is delivered individually: %s"),
    BOUND(
            333,
            Level.INFO,
            "Queue '%s' is bound to topic '%s'. Within one second, it gets all messages that are published to the topic."),
    NOT_BOUND(
            334,
            Level.WARNING,
            "Queue '%s' cannot be bound to topic '%s', and may not get the messages that are published to it (retrying at"
                    + " least every 5 s): %s"),
    SETTING_INVALID(
            335,
            Level.SEVERE,
            "Queue '%s': setting '%s' is '%s', but must be %s. Until it is corrected, it counts as %s."),
    SETTING_DIFFERS(
            336,
            Level.WARNING,
            "Queue '%s': listener '%s' declares %s = %s, but the queue is set to %s, which applies. Change the setting of"
                    + " the queue, or the property of the listener."),

    DUPLICATE_SEND(401, Level.INFO, "Queue '%s': message '%s' already exists and was not sent again."),
    BRANCH_IN_DOUBT(
            402, Level.WARNING, "Branch '%s': Redis did not confirm the %s (recovery will complete the branch): %s"),
    LOCAL_ROLLBACK(
            403,
            Level.WARNING,
            "A connection was returned to the pool with an open local transaction. The transaction was rolled back."),
    BRANCH_ENDED_ELSEWHERE(404, Level.WARNING, "Branch '%s' is no longer prepared: it has already been %s."),
    RECOVERY_WAITS(
            405,
            Level.WARNING,
            "Redis at %s does not list the prepared branches. Recovery keeps trying for up to %s ms: %s"),
    RECOVERY_ABANDONED(
            406,
            Level.SEVERE,
            "Recovery was abandoned: Redis at %s did not list the prepared branches within %s ms. No "
                    + "message of this Redis is delivered while any of its transactions is in doubt. Start Redis, then "
                    + "restart this server, and keep its transaction log. Cause: %s"),
    QUEUE_UNREADABLE(407, Level.WARNING, "Queue '%s': the prepared branches cannot be listed: %s"),
    BRANCH_MALFORMED(
            408,
            Level.SEVERE,
            "Branch '%s' cannot be ended because its record is malformed (record left unchanged): %s"),
    BRANCH_ID_MALFORMED(
            409,
            Level.WARNING,
            "Queue '%s': the id of a prepared branch is not a transaction id. No transaction manager "
                    + "will end this branch."),
    DELIVERIES_RESUMED(
            410, Level.INFO, "Messages of Redis at %s are delivered again: none of its transactions is in doubt."),
    QUEUES_UNREADABLE(412, Level.WARNING, "The prepared branches of %s more queues cannot be listed."),
    DEDUPLICATED(
            413, Level.INFO, "Queue '%s': message '%s' was dropped because message '%s' has its deduplication key."),
    KEY_CONFLICT(414, Level.INFO, "Queue '%s': a transaction that sends message '%s' was rolled back: %s."),
    NOT_ROUTED(
            415,
            Level.WARNING,
            "Topic '%s': a message was published, but no queue is bound to the topic, so the message was not sent."),
    NOT_FORWARDED(
            416,
            Level.WARNING,
            "Queue '%s': messages that its transactions have sent to queues in other slots cannot be forwarded at "
                    + "present. They are kept and sent later. %s"),
    BAD_ENVELOPE(
            417,
            Level.SEVERE,
            "Queue '%s': envelope '%s' of its outbox cannot be forwarded. It became a dead letter of the outbox: %s"),
    BRANCH_LOST(
            418,
            Level.SEVERE,
            "Branch '%s' was prepared, but Redis has lost it, probably in a failover. Its messages were not sent, and those "
                    + "that it consumed are delivered again. Other resources may have committed the transaction."),
    OUTBOXES_UNREADABLE(
            419,
            Level.WARNING,
            "Redis refuses to let this server look for messages to other slots that servers have left: %s");

    private static final Logger LOGGER = Logger.getLogger("org.redisqueue");
    private static final RateLimit RATE_LIMIT = new RateLimit(System::nanoTime);

    private final int number;

    @SuppressWarnings("ImmutableEnumChecker") // levels do not change
    private final Level level;

    private final String text;

    LogMessage(int number, Level level, String text) {
        this.number = number;
        this.level = level;
        this.text = text;
    }

    /** Returns the id under which the documentation explains the message: {@code RQ-nnn}. */
    public String id() {
        return "RQ-%03d".formatted(number);
    }

    /** Returns the text, with {@code %s} for each argument. */
    public String text() {
        return text;
    }

    public Level level() {
        return level;
    }

    /** Logs the message with these arguments, unless its limit is exceeded. */
    public void log(@Nullable Object... arguments) {
        log(null, arguments);
    }

    /** Logs the message with these arguments and the stack trace of its cause, unless its limit is exceeded. */
    public void log(@Nullable Throwable cause, @Nullable Object... arguments) {
        if (this == STOPPED) {
            RATE_LIMIT.all().forEach(LogMessage::report);
        } else {
            reportSuppressed();
        }
        if (LOGGER.isLoggable(level) && (!isLimited() || RATE_LIMIT.admits(kind(arguments)))) {
            write(cause, arguments);
        }
    }

    /** Logs how many messages were suppressed in the periods that have ended. Call this method regularly. */
    public static void reportSuppressed() {
        RATE_LIMIT.ended().forEach(LogMessage::report);
    }

    private static void report(RateLimit.Suppressed suppressed) {
        SUPPRESSED.write(
                null,
                suppressed.count(),
                suppressed.kind().id(),
                suppressed.kind().subject());
    }

    private void write(@Nullable Throwable cause, @Nullable Object... arguments) {
        Object[] printable = Arrays.stream(arguments).map(PrintableText::of).toArray();
        String line = id() + " " + text.formatted(printable);
        if (cause == null) {
            LOGGER.log(level, line);
        } else {
            LOGGER.log(level, line, PrintableCause.of(cause));
        }
    }

    /**
     * Returns whether the message is limited, because it may occur as often as external events cause it, such as once
     * for each queue message.
     */
    private boolean isLimited() {
        return level.intValue() >= Level.INFO.intValue()
                && (concernsQueue() || text.startsWith("Branch '%s'") || text.startsWith("Topic '%s'"));
    }

    private boolean concernsQueue() {
        return text.startsWith("Queue '%s'");
    }

    private RateLimit.Kind kind(@Nullable Object... arguments) {
        String others = text.startsWith("Topic") ? "topics" : "transaction branches";
        return new RateLimit.Kind(id(), concernsQueue() ? "queue '" + PrintableText.of(arguments[0]) + "'" : others);
    }
}
