// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.redisqueue.spi.PrintableText;

/**
 * The messages that the adapter writes to the server log, under the category {@code org.redisqueue}. Each message has
 * an ID, under which the documentation lists the remedy.
 *
 * <p>Arguments are made {@linkplain PrintableText printable}, so that external data cannot forge a log line. Messages
 * about a queue or a branch with level INFO or above are limited: within a minute, at most ten messages with the same
 * ID are logged for each queue, and at most ten for all branches together.
 */
public enum LogMessage {
    STARTED(1, Level.INFO, "Redis queue connector started: %s"),
    STOPPED(2, Level.INFO, "Redis queue connector stopped"),

    CONNECTED(201, Level.INFO, "Connected to Redis %s at %s"),
    NO_PERSISTENCE(
            202,
            Level.WARNING,
            "Redis at %s keeps no append-only file: messages are lost when it dies. Set 'appendonly yes'"),
    SERVER_NOT_CHECKED(
            203, Level.WARNING, "Redis at %s cannot be asked for its version and settings (%s): allow its user INFO"),

    PASSWORD_UNPROTECTED(
            204,
            Level.WARNING,
            "The password for Redis at %s is sent without encryption to another host. Use rediss:// addresses"),
    SUPPRESSED(205, Level.WARNING, "%s further messages %s about '%s' were suppressed within a minute"),

    CONSUMING(301, Level.INFO, "Consuming queue %s with up to %s listeners (%s)"),
    NO_LONGER_CONSUMING(302, Level.INFO, "No longer consuming queue %s"),
    REDIS_LOST(303, Level.WARNING, "Queue %s cannot be consumed at present, trying again until it can: %s"),
    REDIS_BACK(304, Level.INFO, "Queue %s is consumed again"),
    REDELIVERY(305, Level.FINE, "Queue %s: message %s failed %s time(s), again in %s ms: %s"),
    DEAD_LETTER(306, Level.WARNING, "Queue %s: message %s is a dead letter: %s"),
    MESSAGE_GONE(307, Level.FINE, "Queue %s: message %s was not there any more, past its time to live or deleted"),
    LEASE_LOST(
            308,
            Level.WARNING,
            "Queue %s: message %s was taken over by another consumer: its transaction will roll back"),
    NOT_DRAINED(
            309,
            Level.WARNING,
            "Queue %s: %s listener(s) still at work after %s ms of draining; their messages stay theirs until they end"),
    NO_WORK_ACCEPTED(310, Level.WARNING, "Queue %s: the container's WorkManager takes no work, trying again: %s"),
    COMMITTED_DESPITE_EXCEPTION(
            311,
            Level.WARNING,
            "Queue %s: the listener of message %s threw %s, but the container committed: the message is acknowledged"),
    ENDPOINT_FAILED(312, Level.WARNING, "Queue %s: the container did not deliver message %s, or not commit it: %s"),
    NOT_CONFIRMED(313, Level.WARNING, "Queue %s: Redis did not confirm '%s' of message %s: %s"),
    PAUSED(314, Level.INFO, "Queue %s is paused"),
    RESUMED(315, Level.INFO, "Queue %s is resumed"),
    WAIT_REFUSED(316, Level.WARNING, "Queue %s: Redis refuses to wait for messages, looking for them every second: %s"),
    LISTENER_REFUSED(317, Level.FINE, "Queue %s: the container does not call the listener, message %s waits: %s"),
    NOT_BEGUN(318, Level.WARNING, "Queue %s: the delivery of message %s cannot begin, trying again: %s"),
    CONSUMING_FAILED(319, Level.WARNING, "Queue %s: consuming failed unexpectedly and is resumed: %s"),
    NO_CONNECTION_TO_WAIT(
            320,
            Level.WARNING,
            "Queue %s: half of poolSize is taken by waiting listeners, looking for messages every second instead"),
    EXPIRED(321, Level.FINE, "Queue %s: dropped %s expired message(s)"),
    FOREIGN_TRANSACTION(
            325,
            Level.SEVERE,
            "Queue %s: paused listener %s, which the container runs in a transaction that is not the delivery's"),

    DUPLICATE_SEND(401, Level.INFO, "Queue %s: message %s is there already and was not sent again"),
    BRANCH_IN_DOUBT(402, Level.WARNING, "Branch %s: its %s is not confirmed, recovery will finish it: %s"),
    LOCAL_ROLLBACK(
            403, Level.WARNING, "A local transaction was still open when its connection was given back: rolled back"),
    BRANCH_ENDED_ELSEWHERE(404, Level.WARNING, "Branch %s is not prepared: it has been %s by recovery or an operator"),
    RECOVERY_WAITS(
            405,
            Level.WARNING,
            "Recovery needs Redis at %s, which does not list the prepared branches. Trying again for %s ms: %s"),
    RECOVERY_ABANDONED(
            406,
            Level.SEVERE,
            "Recovery is abandoned: Redis at %s has not listed the prepared branches within %s ms. No message is delivered"
                    + " from it while a transaction is in doubt. Start Redis, then restart this server, and keep its transaction log: %s"),
    QUEUE_UNREADABLE(407, Level.WARNING, "Queue %s: its prepared branches cannot be listed: %s"),
    BRANCH_MALFORMED(
            408, Level.SEVERE, "Branch %s cannot be ended: its record is malformed and was left unchanged: %s"),
    NO_BRANCH(409, Level.WARNING, "Queue %s: its prepared branches include one whose id is not a transaction id"),
    DELIVERIES_RESUMED(410, Level.INFO, "Messages of %s are delivered again: no transaction of it waits for recovery"),
    QUEUES_UNREADABLE(412, Level.WARNING, "The prepared branches of %s further queues cannot be listed");

    private static final Logger LOGGER = Logger.getLogger("org.redisqueue");
    private static final RateLimit REPEATED = new RateLimit(System::nanoTime);

    private final int number;
    private final Level level;
    private final String text;

    LogMessage(int number, Level level, String text) {
        this.number = number;
        this.level = level;
        this.text = text;
    }

    /** Returns the ID under which the documentation explains the message: {@code RQ-nnn}. */
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
    public void log(Object... arguments) {
        log(null, arguments);
    }

    /** Logs the message with these arguments and the stack trace of its cause, unless its limit is exceeded. */
    public void log(Throwable cause, Object... arguments) {
        if (this == STOPPED) {
            REPEATED.all().forEach(LogMessage::report);
        } else {
            reportSuppressed();
        }
        if (LOGGER.isLoggable(level) && (!isLimited() || REPEATED.admits(kind(arguments)))) {
            write(cause, arguments);
        }
    }

    /** Logs how many messages were suppressed in the periods that have ended. Call this method regularly. */
    public static void reportSuppressed() {
        REPEATED.ended().forEach(LogMessage::report);
    }

    private static void report(RateLimit.Suppressed suppressed) {
        SUPPRESSED.write(
                null,
                suppressed.count(),
                suppressed.kind().id(),
                suppressed.kind().subject());
    }

    private void write(Throwable cause, Object... arguments) {
        Object[] printable = Arrays.stream(arguments).map(PrintableText::of).toArray();
        String line = id() + " " + text.formatted(printable);
        if (cause == null) {
            LOGGER.log(level, line);
        } else {
            LOGGER.log(level, line, PrintableCause.of(cause));
        }
    }

    /**
     * Returns whether the message is limited: it may occur for each queue message, hence as often as others cause it.
     */
    private boolean isLimited() {
        return level.intValue() >= Level.INFO.intValue() && (isOfQueue() || text.startsWith("Branch %s"));
    }

    private boolean isOfQueue() {
        return text.startsWith("Queue %s");
    }

    private RateLimit.Kind kind(Object... arguments) {
        return new RateLimit.Kind(id(), isOfQueue() ? PrintableText.of(arguments[0]) : "transaction branches");
    }
}
