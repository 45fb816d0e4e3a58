// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.RedisUnavailableException;

/**
 * One call in a lane. It is retransmitted until Redis replies or the retry period of the lanes ends.
 *
 * <p>An error from Redis is final if every transmission was answered. Otherwise an earlier transmission may still
 * arrive; the call is settled first, so that it cannot be executed later.
 */
final class NumberedCall implements Unsettled<List<Object>> {

    /** Maximum number of transmissions of a call that has certainly not been executed. */
    private static final int MAX_ATTEMPTS = 4;

    /** Maximum number of times that a call is restarted under a new number. */
    private static final int MAX_RENUMBERINGS = 4;

    private static final Duration INITIAL_PAUSE = Duration.ofMillis(50);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    /** How long Redis retains a receipt. */
    private static final Duration RECEIPT_LIFETIME = Duration.ofHours(1);

    private static final String ZEROS = "0".repeat(16);

    /** The deadline of a call that Redis must not execute yet. */
    static final String NO_DEADLINE = ZEROS.substring(6);

    private final Lanes lanes;
    private final Lanes.Work work;
    private final CompletableFuture<List<Object>> result = new CompletableFuture<>();
    private Lanes.Lane lane;
    private String signature;
    private long deadline;
    private long begun;
    private long sent;
    private int transmissions;
    private int unanswered;
    private int failures;
    private int pauses;
    private int renumbered;
    private @Nullable RedisCallException unknown;

    NumberedCall(Lanes lanes, Lanes.Lane lane, Lanes.Work work) {
        this.lanes = lanes;
        this.lane = lane;
        this.work = work;
        takeNumber();
    }

    CompletableFuture<List<Object>> result() {
        return result;
    }

    /** Takes the next number of the lane, under which nothing has been sent yet. */
    private void takeNumber() {
        signature = digits(lane.next(), 16) + ' ' + Lanes.random() + ' ';
        begun = System.nanoTime();
        deadline = deadline(lanes.clock(lane));
        transmissions = 0;
        unanswered = 0;
        unknown = null;
    }

    /**
     * The deadline in seconds of the Redis clock; 0 while that clock is unknown, so that Redis rejects the call as
     * late.
     */
    private long deadline(RedisClock clock) {
        OptionalLong now = clock.earliest();
        return now.isEmpty()
                ? 0
                : TimeUnit.MILLISECONDS.toSeconds(now.getAsLong())
                        + lanes.patience().toSeconds();
    }

    /** Sends the call, unless it has ended. */
    synchronized void transmit() {
        if (result.isDone()) {
            return;
        }
        transmissions++;
        unanswered++;
        sent = System.nanoTime();
        CompletableFuture<List<Object>> reply;
        try {
            reply = send(work, work.arguments());
        } catch (RuntimeException | Error e) { // out of memory or threads; the call may have been sent
            reply = CompletableFuture.failedFuture(e);
        }
        reply.whenComplete((answer, failure) -> {
            synchronized (this) {
                if (result.isDone()) {
                    return;
                }
                try {
                    if (failure == null) {
                        answered(LaneReply.of(answer));
                    } else {
                        failed(RedisCallException.of(work.operation(), failure));
                    }
                } catch (RuntimeException | Error e) { // the call must end, even after a failure
                    unknown = RedisCallException.unknown(work.operation(), e);
                    giveUp();
                }
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // the script is either that of the work or one that asks for its result
    private CompletableFuture<List<Object>> send(Lanes.Work sending, List<Object> more) {
        List<Object> keys = new ArrayList<>(sending.keys().size() + 1);
        keys.add(lane.key());
        keys.addAll(sending.keys());
        List<Object> arguments = new ArrayList<>(more.size() + 2);
        arguments.add(signature);
        arguments.add(digits(sending == work ? deadline : receiptKeptUntil(), 10));
        arguments.addAll(more);
        return lanes.transport().run(sending, keys, arguments);
    }

    private static String digits(long number, int length) {
        String text = Long.toString(number);
        return ZEROS.substring(0, length - text.length()) + text;
    }

    /** The earliest time at which the receipt of an execution expires, in seconds of the Redis clock. */
    private long receiptKeptUntil() {
        return deadline - lanes.patience().toSeconds() + RECEIPT_LIFETIME.toSeconds() - 1;
    }

    private void answered(LaneReply reply) {
        if (reply.redisSeconds() > 0) {
            lanes.clock(lane).reported(reply.redisSeconds(), TimeUnit.SECONDS, sent);
        }
        switch (reply.code()) {
            case LaneReply.EXECUTED, LaneReply.REPEATED -> succeed(reply.report());
            case LaneReply.FENCED -> refuse(notExecuted("Redis could not complete it"));
            case LaneReply.CONFLICT -> moveToAnotherLane();
            case LaneReply.STALE -> stale();
            case LaneReply.LATE -> late(reply.redisSeconds());
            default -> refuse(notExecuted("Redis replied with the unknown code " + reply.code()));
        }
    }

    /**
     * Handles a lane that is also used by a different process. A clone that was made while this call was in progress
     * may have repeated the call before it made a later one. Unless this is the reply to the only transmission, the
     * call may therefore have been executed.
     */
    private void stale() {
        if (transmissions == 1) {
            moveToAnotherLane();
        } else {
            lanes.leave(lane);
            unknown = RedisCallException.expired(work.operation());
            giveUp();
        }
    }

    private void moveToAnotherLane() {
        lanes.leave(lane);
        lane = lanes.take(lane.home());
        renumber();
    }

    /**
     * Handles a transmission that arrived after the deadline. Redis has no receipt: either it has not executed the
     * call, or it did so long enough ago that the receipt has expired.
     */
    private void late(long redisSeconds) {
        if (transmissions == 1 || !isExecutable()) { // the Redis time was unknown or has jumped
            lanes.clock(lane).distrust();
            lanes.clock(lane).reported(redisSeconds, TimeUnit.SECONDS, sent);
            renumber();
        } else if (redisSeconds < receiptKeptUntil()) {
            refuse(notExecuted("Redis did not become available in time"));
        } else {
            giveUp();
        }
    }

    /**
     * Restarts the call under a new number. Transmissions under the earlier number were not executed and no longer can
     * be.
     */
    private void renumber() {
        if (++renumbered > MAX_RENUMBERINGS) {
            refuse(notExecuted("another process uses its lanes, or the Redis clock jumped"));
        } else {
            takeNumber();
            transmit();
        }
    }

    private RedisCallException notExecuted(String reason) {
        return RedisCallException.notExecuted(work.operation(), reason);
    }

    /** Whether Redis may execute the call, which it may not while its time is unknown. */
    private boolean isExecutable() {
        return deadline > 0;
    }

    private void failed(RedisCallException failure) {
        boolean migrating = failure.isMigrating() && !isPatienceOver();
        pauses++;
        if (!migrating) { // the end of the migration may cause other failures, which then have all their attempts
            failures++;
        }
        if (failure.outcomeUnknown() && isExecutable()) {
            unknown = failure;
        } else {
            unanswered--;
        }
        boolean again = failure.outcomeUnknown() || failure.connectionLost() || failure.isTemporary();
        if (unanswered == 0) {
            if (again && (migrating || failures < MAX_ATTEMPTS)) {
                scheduleRetry(this::transmit);
            } else {
                refuse(failure.outcomeUnknown() ? notExecuted("Redis did not reply") : failure);
            }
        } else if (again && !isPatienceOver()) {
            scheduleRetry(this::transmit);
        } else {
            settleFor(failure);
        }
    }

    private boolean isPatienceOver() {
        return System.nanoTime() - begun > lanes.patience().toNanos();
    }

    private void scheduleRetry(Runnable next) {
        long pause =
                Math.min(MAX_PAUSE.toNanos(), INITIAL_PAUSE.toNanos() << 2 * Math.min(pauses - 1, Integer.SIZE / 4));
        try {
            lanes.timer().schedule(() -> guarded(next), pause, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            giveUp(); // the adapter has stopped
        }
    }

    private void guarded(Runnable next) {
        try {
            next.run();
        } catch (RuntimeException | Error e) { // the call must end, even after a failure
            synchronized (this) {
                unknown = RedisCallException.unknown(work.operation(), e);
                giveUp();
            }
        }
    }

    /** Settles the call. If it was not executed, it ends with this failure. */
    private void settleFor(RedisCallException failure) {
        boolean last = isPatienceOver();
        settle().whenComplete((report, problem) -> {
            synchronized (this) {
                if (result.isDone()) {
                    return;
                }
                if (problem == null && report.isPresent()) {
                    succeed(report.get());
                } else if (problem == null) {
                    refuse(failure.outcomeUnknown() ? notExecuted("Redis did not receive it") : failure);
                } else if (last || !canRetrySettling(RedisCallException.of("settle", problem))) {
                    giveUp();
                } else {
                    failures++;
                    pauses++;
                    scheduleRetry(() -> settleFor(failure));
                }
            }
        });
    }

    private static boolean canRetrySettling(RedisCallException problem) {
        return problem.connectionLost() || problem.isTemporary();
    }

    @Override
    public CompletableFuture<Optional<List<Object>>> settle() {
        CompletableFuture<List<Object>> reply;
        synchronized (this) {
            reply = send(new Lanes.Work("settle", Script.SETTLE, List.of(), List.of(), 0), List.of());
        }
        return reply.handle((answer, failure) -> {
            if (failure != null) {
                throw new CompletionException(RedisCallException.of("settle", failure));
            }
            LaneReply settled = LaneReply.of(answer);
            return switch (settled.code()) {
                case LaneReply.REPEATED -> Optional.of(settled.report());
                case LaneReply.FENCED, LaneReply.CONFLICT -> Optional.empty();
                default -> throw RedisCallException.expired(work.operation());
            };
        });
    }

    /** Ends the call because the client is closed. */
    synchronized void close(RedisUnavailableException reason) {
        if (result.isDone()) {
            return;
        }
        if (unanswered > 0) {
            unknown = RedisCallException.unknown(work.operation(), reason);
            giveUp();
        } else {
            refuse(RedisCallException.of(work.operation(), reason));
        }
    }

    private void succeed(List<Object> report) {
        lanes.executed(lane);
        result.complete(report);
    }

    /** Ends the call. Its lane is not used again, because the lane itself may be the cause. */
    private void refuse(RedisCallException failure) {
        result.completeExceptionally(failure);
    }

    /** Ends the call without knowing its outcome. Its lane is not used again. */
    private void giveUp() {
        RedisCallException last = unknown != null ? unknown : notExecuted("the call was abandoned");
        result.completeExceptionally(last.with(this));
    }
}
