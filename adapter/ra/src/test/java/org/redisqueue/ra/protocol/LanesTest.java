// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisOutOfMemoryException;

/** What a numbered call does with each reply of Redis. The test decides when and what Redis replies. */
class LanesTest {

    private static final int EXECUTED = 0;
    private static final int REPEATED = 1;
    private static final int FENCED = 2;
    private static final int CONFLICT = 3;
    private static final int STALE = 4;
    private static final int LATE = 5;
    private static final int RECEIPT_EXPIRED = 6;

    private static final RedisUnavailableException CLOSED = new RedisUnavailableException("The client is closed");

    /** A transmission of a call. */
    private record Sent(
            Lanes.Work work, List<Object> keys, List<Object> arguments, CompletableFuture<List<Object>> reply) {

        String lane() {
            return (String) keys.get(0);
        }

        /** The server id in the name of the lane. */
        String server() {
            return lane().substring(lane().indexOf('/') + 1, lane().indexOf(':'));
        }

        long number() {
            return Long.parseLong(signature().substring(0, 16));
        }

        String signature() {
            return (String) arguments.get(0);
        }

        String deadline() {
            return (String) arguments.get(1);
        }

        void answer(int code) {
            reply.complete(List.of((long) code, new byte[0]));
        }

        void answer(int code, long seconds) {
            reply.complete(List.of((long) code, Long.toString(seconds).getBytes(StandardCharsets.US_ASCII)));
        }

        void answer(int code, String report) {
            reply.complete(List.of((long) code, new byte[0], List.of(report)));
        }

        /** Its reply does not arrive. Redis may have executed it. */
        void lose() {
            reply.completeExceptionally(
                    new RedisException("Unexpected exception while processing command", new IOException("reset")));
        }

        /** The connection could not be established: it was certainly not executed. */
        void failToConnect() {
            reply.completeExceptionally(new RedisUnavailableException("Connection refused"));
        }

        /** Redis is not available at present. */
        void findRedisLoading() {
            reply.completeExceptionally(new RedisLoadingException("LOADING"));
        }

        void findRedisFull() {
            reply.completeExceptionally(new RedisOutOfMemoryException("OOM command not allowed"));
        }
    }

    private final long start = System.nanoTime();
    private final RedisClock clock = new RedisClock(() -> start);
    private final ManualTimer timer = new ManualTimer();
    private final List<Sent> sent = new ArrayList<>();
    private final Lanes lanes = lanes(Lanes.PATIENCE);
    private RuntimeException fault;

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private Lanes lanes(Duration patience) {
        return new Lanes(this::transmit, timer, (home, name) -> home + "/" + name, home -> clock, patience);
    }

    private CompletableFuture<List<Object>> transmit(Lanes.Work work, List<Object> keys, List<Object> arguments) {
        Sent transmission = new Sent(work, keys, arguments, new CompletableFuture<>());
        sent.add(transmission);
        if (fault != null) {
            throw fault;
        }
        return transmission.reply;
    }

    private CompletableFuture<List<Object>> call() {
        return call(lanes);
    }

    private static CompletableFuture<List<Object>> call(Lanes lanes) {
        return lanes.call("home", new Lanes.Work("send", Script.SEND, List.of("ready"), List.of("m1"), 0));
    }

    /** From now on the clock of Redis is known, so that Redis may execute calls. */
    private void knowTime() {
        clock.reported(1_000, TimeUnit.SECONDS, start);
    }

    private Sent last() {
        return sent.get(sent.size() - 1);
    }

    private static RedisCallException failure(CompletableFuture<?> call) {
        assertThat(call).as("the call has ended").isCompletedExceptionally();
        return (RedisCallException)
                catchThrowableOfType(CompletionException.class, call::join).getCause();
    }

    private static void assertNotExecuted(CompletableFuture<?> call, String reason) {
        RedisCallException failure = failure(call);
        assertThat(failure).hasMessageContaining("'send' was not executed").hasMessageContaining(reason);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    private static Unsettled<List<Object>> assertUnknown(CompletableFuture<?> call) {
        RedisCallException failure = failure(call);
        assertThat(failure.outcomeUnknown()).as(failure.getMessage()).isTrue();
        return failure.<List<Object>>unsettled().orElseThrow();
    }

    private void assertSettling() {
        assertThat(last().work.script()).isEqualTo(Script.SETTLE);
    }

    @Nested
    class FirstTransmission {

        @Test
        void carriesTheNumberAndTheDeadlineOfTheCall() {
            knowTime();

            call();

            assertThat(last().lane()).matches("home/[0-9a-z]+:1");
            assertThat(last().keys).containsExactly(last().lane(), "ready");
            assertThat(last().signature()).matches("0{15}1 [0-9a-z]+ ");
            assertThat(last().deadline()).as("after two minutes").isEqualTo("0000001120");
            assertThat(last().arguments).containsExactly(last().signature(), last().deadline(), "m1");
        }

        @Test
        void isTooLateAsLongAsTheTimeOfRedisIsUnknown() {
            call();

            assertThat(last().deadline()).isEqualTo("0000000000");
        }

        @Test
        void usesTheTimeOfAnEarlierReply() {
            call();
            last().answer(EXECUTED, 5_000);

            call();

            assertThat(last().deadline()).isEqualTo("0000005120");
        }

        @Test
        void ignoresRepliesWithoutATime() {
            call();
            last().answer(EXECUTED);
            CompletableFuture<List<Object>> result = call();
            last().reply.complete(List.of((long) EXECUTED));
            assertThat(result).isCompletedWithValue(List.of());

            call();

            assertThat(last().deadline()).isEqualTo("0000000000");
        }
    }

    @Nested
    class Execution {

        @ParameterizedTest
        @ValueSource(ints = {EXECUTED, REPEATED})
        void returnsTheReport(int code) {
            CompletableFuture<List<Object>> result = call();

            last().answer(code, "duplicate");

            assertThat(result).isCompletedWithValue(List.of("duplicate"));
        }

        @Test
        void freesTheLaneForAnotherCall() {
            call();
            call();
            assertThat(sent.get(1).lane()).isNotEqualTo(sent.get(0).lane());
            sent.get(0).answer(EXECUTED);

            call();

            assertThat(last().lane()).isEqualTo(sent.get(0).lane());
            assertThat(last().number()).isEqualTo(2);
        }

        @Test
        void doesNotFreeTheLaneIfTheCallWasFenced() {
            CompletableFuture<List<Object>> result = call();
            last().answer(FENCED);
            assertNotExecuted(result, "Redis could not complete it");

            call();

            assertThat(last().lane()).isNotEqualTo(sent.get(0).lane());
        }

        @Test
        void isRuledOutByAnUnknownCode() {
            CompletableFuture<List<Object>> result = call();

            last().answer(17);

            assertNotExecuted(result, "unknown code 17");
        }

        @Test
        void isUnknownIfTheReplyIsMalformed() {
            CompletableFuture<List<Object>> result = call();

            last().reply.complete(List.of("OK"));

            assertUnknown(result);
        }
    }

    @Nested
    class AnotherProcessThatUsesTheLanes {

        @Test
        void usesLanesWithOtherNames() {
            call();
            call(lanes(Lanes.PATIENCE));

            assertThat(sent.get(0).server()).isNotEqualTo(sent.get(1).server());
        }

        @ParameterizedTest
        @ValueSource(ints = {CONFLICT, STALE})
        void makesTheCallMoveToALaneWithAnotherServerId(int code) {
            CompletableFuture<List<Object>> result = call();

            last().answer(code);

            assertThat(sent).hasSize(2);
            assertThat(last().lane()).startsWith("home/");
            assertThat(last().server()).isNotEqualTo(sent.get(0).server());
            assertThat(last().arguments).endsWith("m1");
            last().answer(EXECUTED, "done");
            assertThat(result).isCompletedWithValue(List.of("done"));
        }

        @Test
        void makesAllLanesMove() {
            call();
            call();
            call();
            sent.get(0).answer(EXECUTED); // is free
            sent.get(1).answer(CONFLICT); // moves
            sent.get(2).answer(EXECUTED); // has been in progress

            call();
            call();

            assertThat(sent.subList(3, 6))
                    .extracting(Sent::server)
                    .doesNotContain(sent.get(0).server());
        }

        @Test
        void changesTheServerIdOnce() {
            call();
            call();
            sent.get(0).answer(CONFLICT);
            sent.get(1).answer(CONFLICT);

            assertThat(sent.get(3).server())
                    .isEqualTo(sent.get(2).server())
                    .isNotEqualTo(sent.get(0).server());
        }

        @Test
        void doesNotMakeTheCallMoveForever() {
            CompletableFuture<List<Object>> result = call();

            for (int lane = 0; lane < 5; lane++) {
                assertThat(result).isNotDone();
                last().answer(CONFLICT);
            }

            assertNotExecuted(result, "another process uses its lanes");
            assertThat(sent).hasSize(5);
        }

        @Test
        void makesTheOutcomeOfARetriedCallUnknown() {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            last().lose();
            timer.fire();

            last().answer(STALE);

            assertUnknown(result);
            assertThat(failure(result)).hasMessageContaining("Redis no longer has a receipt");
            call();
            assertThat(last().server()).isNotEqualTo(sent.get(0).server());
        }

        @Test
        void letsARetriedCallMoveIfItWasCertainlyNotExecuted() {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            last().lose();
            timer.fire();

            last().answer(CONFLICT);

            last().answer(EXECUTED);
            assertThat(result).isCompleted();
        }
    }

    @Nested
    class LateArrival {

        @Test
        void ofTheFirstTransmissionMakesTheCallStartAnewWithTheTimeOfRedis() {
            clock.reported(1_000_000, TimeUnit.MILLISECONDS, start);
            CompletableFuture<List<Object>> result = call();

            last().answer(LATE, 5_000);

            assertThat(last().deadline()).isEqualTo("0000005120");
            assertThat(last().number()).isEqualTo(2);
            assertThat(last().lane()).isEqualTo(sent.get(0).lane());
            last().answer(EXECUTED);
            assertThat(result).isCompleted();
        }

        @Test
        void ofARetryMakesTheCallStartAnewIfTheTimeOfRedisWasUnknown() {
            CompletableFuture<List<Object>> result = call();
            last().lose();
            timer.fire();

            last().answer(LATE, 5_000);

            assertThat(last().deadline()).isEqualTo("0000005120");
            last().answer(EXECUTED);
            assertThat(result).isCompleted();
        }

        @ParameterizedTest
        @ValueSource(longs = {1_121, 1_000 + 3_598})
        void ofARetryRulesOutTheExecutionAsLongAsRedisWouldKeepTheReceipt(long seconds) {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            last().lose();
            timer.fire();

            last().answer(LATE, seconds);

            assertNotExecuted(result, "Redis did not become available in time");
        }

        @Test
        void ofARetryLeavesTheOutcomeUnknownOnceTheReceiptMayHaveExpired() {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            last().lose();
            timer.fire();

            last().answer(LATE, 1_000 + 3_599);

            assertUnknown(result);
        }
    }

    @Nested
    class Retry {

        @Test
        void sendsTheIdenticalCall() {
            knowTime();
            CompletableFuture<List<Object>> result = call();

            last().lose();
            assertThat(sent).hasSize(1);
            timer.fire();

            assertThat(sent).hasSize(2);
            assertThat(last().keys).isEqualTo(sent.get(0).keys);
            assertThat(last().arguments).isEqualTo(sent.get(0).arguments);
            last().answer(REPEATED, "done");
            assertThat(result).isCompletedWithValue(List.of("done"));
        }

        @Test
        void comesAfterAPauseThatGrowsToASecond() {
            knowTime();
            call();
            List<Long> pauses = new ArrayList<>();

            for (int attempt = 0; attempt < 40; attempt++) {
                last().lose();
                pauses.addAll(timer.delays());
                timer.fire();
            }

            assertThat(pauses).hasSize(40).startsWith(50L, 200L, 800L, 1_000L);
            assertThat(pauses.subList(4, 40)).containsOnly(1_000L);
        }

        @Test
        void endsAfterFourTransmissionsThatDidNotReachRedis() {
            knowTime();
            CompletableFuture<List<Object>> result = call();

            for (int attempt = 0; attempt < 4; attempt++) {
                assertThat(result).isNotDone();
                last().failToConnect();
                timer.fire();
            }

            assertNotExecuted(result, "Connection refused");
            assertThat(sent).hasSize(4);
        }

        @Test
        void endsAfterFourTransmissionsThatRedisMayNotExecute() {
            CompletableFuture<List<Object>> result = call(); // the time of Redis is unknown

            for (int attempt = 0; attempt < 4; attempt++) {
                assertThat(result).isNotDone();
                last().lose();
                timer.fire();
            }

            assertNotExecuted(result, "Redis did not reply");
            assertThat(sent).hasSize(4);
        }

        @Test
        void happensIfRedisIsTemporarilyUnavailable() {
            CompletableFuture<List<Object>> result = call();
            last().findRedisLoading();
            timer.fire();

            last().answer(EXECUTED);

            assertThat(result).isCompleted();
        }

        @Test
        void doesNotHappenIfRedisRefusesTheCall() {
            CompletableFuture<List<Object>> result = call();

            last().findRedisFull();

            assertNotExecuted(result, "OOM");
            assertThat(timer.delays()).isEmpty();
        }

        @Test
        void happensIfTheTransmissionFailsUnexpectedly() {
            knowTime();
            fault = new IllegalStateException("no threads left");
            CompletableFuture<List<Object>> result = call();
            fault = null;
            timer.fire();

            last().answer(EXECUTED);

            assertThat(result).isCompleted();
        }

        @Test
        void isImpossibleOnceTheTimerHasStopped() {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            timer.shutdownNow();

            last().lose();

            assertUnknown(result);
        }
    }

    /** A call that Redis refuses after the reply to an earlier transmission was lost. */
    @Nested
    class SettlingAnUnansweredCall {

        private CompletableFuture<List<Object>> result;

        private void loseThenRefuse() {
            knowTime();
            result = call();
            last().lose();
            timer.fire();
            last().findRedisFull();
            assertSettling();
        }

        @Test
        void namesTheCallAndTheTimeUntilWhichItsReceiptIsKept() {
            loseThenRefuse();

            assertThat(last().keys).containsExactly(sent.get(0).lane());
            assertThat(last().arguments).containsExactly(sent.get(0).signature(), "0000004599");
        }

        @ParameterizedTest
        @ValueSource(ints = {FENCED, CONFLICT})
        void failsTheCallIfItWasNotExecuted(int code) {
            loseThenRefuse();

            last().answer(code);

            assertNotExecuted(result, "OOM");
        }

        @Test
        void returnsTheReportIfTheCallWasExecuted() {
            loseThenRefuse();

            last().answer(REPEATED, "done");

            assertThat(result).isCompletedWithValue(List.of("done"));
            call();
            assertThat(last().lane()).isEqualTo(sent.get(0).lane());
        }

        @ParameterizedTest
        @ValueSource(ints = {STALE, RECEIPT_EXPIRED})
        void leavesTheOutcomeUnknownIfTheReceiptIsGone(int code) {
            loseThenRefuse();

            last().answer(code);

            assertUnknown(result);
        }

        @Test
        void isRepeatedAfterGrowingPauses() {
            loseThenRefuse();

            last().lose();
            assertThat(timer.delays()).containsExactly(800L);
            timer.fire();
            last().findRedisLoading();
            assertThat(timer.delays()).containsExactly(1_000L);
            timer.fire();

            assertSettling();
            last().answer(FENCED);
            assertNotExecuted(result, "OOM");
        }

        @Test
        void isNotRepeatedIfRedisRefusesIt() {
            loseThenRefuse();

            last().findRedisFull();

            assertUnknown(result);
            assertThat(timer.delays()).isEmpty();
        }

        @Test
        void endsTheCallEvenIfItFailsUnexpectedly() {
            loseThenRefuse();
            last().lose();

            fault = new IllegalStateException("no threads left");
            timer.fire();

            assertUnknown(result);
        }

        @Test
        void endsWhenTheLanesAreClosed() {
            loseThenRefuse();
            lanes.close(CLOSED);
            assertUnknown(result);

            last().answer(REPEATED);

            call();
            assertThat(last().lane()).isNotEqualTo(sent.get(0).lane());
        }
    }

    @Nested
    class EndOfThePatience {

        private final Lanes impatient = lanes(Duration.ZERO);
        private CompletableFuture<List<Object>> result;

        private void lose() {
            knowTime();
            result = call(impatient);
            last().lose();
            assertSettling();
        }

        @Test
        void endsTheRetriesAndSettlesTheCall() {
            lose();

            last().answer(FENCED);

            assertThat(sent).hasSize(2);
            assertNotExecuted(result, "Redis did not receive it");
        }

        @Test
        void leavesTheOutcomeUnknownIfTheCallCannotBeSettled() {
            lose();

            last().lose();

            assertUnknown(result);
            assertThat(timer.delays()).isEmpty();
        }

        @Test
        void allowsTheCallToBeSettledLater() {
            lose();
            last().lose();
            Unsettled<List<Object>> unsettled = assertUnknown(result);

            CompletableFuture<Optional<List<Object>>> failed = unsettled.settle();
            last().lose();
            CompletableFuture<Optional<List<Object>>> executed = unsettled.settle();
            last().answer(REPEATED, "done");
            CompletableFuture<Optional<List<Object>>> fenced = unsettled.settle();
            last().answer(FENCED);
            CompletableFuture<Optional<List<Object>>> expired = unsettled.settle();
            last().answer(RECEIPT_EXPIRED);

            assertThat(failure(failed).connectionLost()).isTrue();
            assertThat(executed).isCompletedWithValue(Optional.of(List.of("done")));
            assertThat(fenced).isCompletedWithValue(Optional.empty());
            assertThat(failure(expired).connectionLost()).isFalse();
        }
    }

    @Nested
    class Closing {

        @Test
        void leavesTheOutcomeOfAnUnansweredCallUnknown() {
            CompletableFuture<List<Object>> result = call();

            lanes.close(CLOSED);

            assertUnknown(result);
            assertThat(failure(result)).hasMessageContaining("The client is closed");
        }

        @Test
        void failsACallThatWasCertainlyNotExecuted() {
            CompletableFuture<List<Object>> result = call();
            last().failToConnect();

            lanes.close(CLOSED);

            assertNotExecuted(result, "The client is closed");
        }

        @Test
        void endsTheRetries() {
            knowTime();
            CompletableFuture<List<Object>> result = call();
            last().lose();

            lanes.close(CLOSED);
            timer.fire();

            assertUnknown(result);
            assertThat(sent).hasSize(1);
        }

        @Test
        void endsLaterCalls() {
            lanes.close(CLOSED);

            assertThat(call()).isCompletedExceptionally();
        }

        @Test
        void doesNotAffectCallsThatHaveEnded() {
            CompletableFuture<List<Object>> result = call();
            last().answer(EXECUTED, "done");

            lanes.close(CLOSED);

            assertThat(result).isCompletedWithValue(List.of("done"));
        }
    }
}
