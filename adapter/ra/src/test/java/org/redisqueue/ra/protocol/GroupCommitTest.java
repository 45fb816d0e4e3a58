// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisTimeoutException;

/** How requests are grouped into calls, and how each of them is answered. The test controls when Redis replies. */
class GroupCommitTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long NEVER = TimeUnit.HOURS.toNanos(1);
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** The number of a request whose call throws. */
    private static final int IMPOSSIBLE = -1;

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "timer");
        thread.setDaemon(true);
        return thread;
    });

    private record Numbered(String home, int number, long bytes) implements GroupCommit.Request {}

    private record Pending(List<Numbered> requests, CompletableFuture<List<Integer>> reply) {

        void answer() {
            reply.complete(requests.stream().map(Numbered::number).toList());
        }

        List<Integer> numbers() {
            return requests.stream().map(Numbered::number).toList();
        }
    }

    private final List<Pending> calls = new CopyOnWriteArrayList<>();

    private CompletableFuture<List<Integer>> call(List<Numbered> requests) {
        if (requests.stream().anyMatch(request -> request.number == IMPOSSIBLE)) {
            throw new IllegalStateException("impossible");
        }
        Pending pending = new Pending(requests, new CompletableFuture<>());
        calls.add(pending);
        return pending.reply;
    }

    @Test
    void singleRequestIsSentAtOnce() {
        CompletableFuture<Integer> result = ask(shared(), request(1));

        assertThat(numbers()).containsExactly(List.of(1));
        calls.get(0).answer();
        assertThat(result).succeedsWithin(PATIENCE).isEqualTo(1);
    }

    @Test
    void accumulatedRequestsShareTheNextCall() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        List<CompletableFuture<Integer>> results = ask(shared, 2, 3, 4);
        assertThat(numbers()).containsExactly(List.of(1));

        calls.get(0).answer();

        assertThat(numbers()).containsExactly(List.of(1), List.of(2, 3, 4));
        calls.get(1).answer();
        assertThat(results).extracting(CompletableFuture::join).containsExactly(2, 3, 4);
    }

    @Test
    void secondCallDoesNotWaitForASlowOne() {
        GroupCommit<Numbered, Integer> shared = shared();
        CompletableFuture<Integer> slow = ask(shared, request(1));
        letTimePass();
        calls.get(0).answer();
        slow.join();

        ask(shared, request(2));
        ask(shared, request(3));

        assertThat(numbers()).containsExactly(List.of(1), List.of(2), List.of(3));
    }

    @Test
    void requestsWaitOnlyBrieflyForOthers() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, 2, 3);
        calls.get(0).answer();
        calls.get(1).answer(); // this call had two requests, so the next one waits for a second

        CompletableFuture<Integer> result = ask(shared, request(4));

        await().untilAsserted(() -> assertThat(numbers()).endsWith(List.of(4)));
        calls.get(2).answer();
        assertThat(result).succeedsWithin(PATIENCE).isEqualTo(4);
    }

    @Test
    void nextCallWaitsForTheThreadThatTheLastOneHasAnswered() {
        GroupCommit<Numbered, Integer> shared = afterACallThatAnotherRequestHasWaitedFor();
        assertThat(numbers()).containsExactly(List.of(1), List.of(2));

        ask(shared, request(4));

        assertThat(numbers()).endsWith(List.of(2), List.of(3, 4));
    }

    @Test
    void nextCallIsMadeIfTheThreadThatTheLastOneHasAnsweredMakesNoRequest() {
        afterACallThatAnotherRequestHasWaitedFor();
        await().untilAsserted(() -> assertThat(numbers()).endsWith(List.of(2), List.of(3)));
    }

    /** Requests wait for others as long as the call took, which is long enough for a test. */
    private GroupCommit<Numbered, Integer> afterACallThatAnotherRequestHasWaitedFor() {
        GroupCommit<Numbered, Integer> shared = new GroupCommit<>(false, true, TIMER, NEVER, NEVER, NEVER, this::call);
        ask(shared, request(1));
        letTimePass(Duration.ofSeconds(1));
        calls.get(0).answer();
        ask(shared, request(2));
        ask(shared, request(3));
        letTimePass(Duration.ofSeconds(1));
        calls.get(1).answer();
        return shared;
    }

    @Test
    void requestsThatStoreDataComeFirst() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, 2);
        ask(shared, new Numbered("a", 3, 10));

        calls.get(0).answer();

        assertThat(numbers()).endsWith(List.of(3, 2));
    }

    @Test
    void callStoresAtMostAMegabyteUnlessOneRequestExceedsIt() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, new Numbered("a", 2, 400_000));
        ask(shared, new Numbered("a", 3, 400_000));
        ask(shared, new Numbered("a", 4, 400_000));
        ask(shared, new Numbered("a", 5, 10_000_000));

        for (int call = 0; call < 4; call++) {
            calls.get(call).answer();
        }

        assertThat(numbers()).containsExactly(List.of(1), List.of(2, 3), List.of(4), List.of(5));
    }

    @Test
    void requestsDoNotWaitForAStuckCall() {
        GroupCommit<Numbered, Integer> shared = new GroupCommit<>(false, TIMER, this::call);
        ask(shared, request(1)); // never answered

        ask(shared, request(2));

        await().untilAsserted(() -> assertThat(numbers()).containsExactly(List.of(1), List.of(2)));
    }

    @Test
    void gatheredRequestsAreSentAfterTheNextReply() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        letTimePass();
        calls.get(0).answer(); // a slow call: from now on, two calls can be in progress
        ask(shared, 2, 3);
        ask(shared, 4, 5, 6);
        calls.get(1).answer();
        assertThat(numbers()).endsWith(List.of(3), List.of(4, 5, 6));
        ask(shared, request(7)); // waits for two more requests
        letTimePass();

        calls.get(3).answer();

        assertThat(numbers()).endsWith(List.of(4, 5, 6), List.of(7));
    }

    @Test
    void mismatchedReplyFailsAllRequests() {
        CompletableFuture<Integer> result = ask(shared(), request(1));

        calls.get(0).reply.complete(List.of());

        assertThat(result)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("returned 0 results for 1 requests");
    }

    @Test
    void refusedRequestsAreRepeatedOneByOne() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        List<CompletableFuture<Integer>> results = ask(shared, 2, 3);
        calls.get(0).answer();

        calls.get(1).reply.completeExceptionally(RedisCallException.of("test", new RedisException("WRONGTYPE")));

        assertThat(numbers()).endsWith(List.of(2), List.of(3));
        calls.get(2).answer();
        calls.get(3).reply.completeExceptionally(RedisCallException.of("test", new RedisException("WRONGTYPE")));
        assertThat(results.get(0)).succeedsWithin(PATIENCE).isEqualTo(2);
        assertThat(results.get(1)).failsWithin(PATIENCE);
    }

    @Test
    void refusedRequestsThatStoreNothingAreRepeatedTogether() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, 2);
        ask(shared, new Numbered("a", 3, 10));
        ask(shared, 4);
        ask(shared, new Numbered("a", 5, 10));
        calls.get(0).answer();

        calls.get(1).reply.completeExceptionally(RedisCallException.of("test", new RedisException("OOM")));

        assertThat(numbers()).endsWith(List.of(3, 5, 2, 4), List.of(2, 4), List.of(3), List.of(5));
    }

    @Test
    void refusedRequestsAreRepeatedInTheirOrderIfOnlyOneStoresNothing() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, 2);
        ask(shared, new Numbered("a", 3, 10));
        calls.get(0).answer();

        calls.get(1).reply.completeExceptionally(RedisCallException.of("test", new RedisException("OOM")));

        assertThat(numbers()).endsWith(List.of(3, 2), List.of(3), List.of(2));
    }

    @Test
    void eachRequestOfAnUnansweredCallCanBeSettled() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        List<CompletableFuture<Integer>> results = ask(shared, 2, 3);
        calls.get(0).answer();
        Unsettled<List<Integer>> call = () -> CompletableFuture.completedFuture(Optional.of(List.of(20, 30)));

        calls.get(1)
                .reply
                .completeExceptionally(RedisCallException.unknown("test", new RedisException("late"))
                        .with(call));

        assertThat(results).extracting(GroupCommitTest::settled).containsExactly(20, 30);
    }

    /** Settles a request that has failed. */
    private static Integer settled(CompletableFuture<Integer> failed) {
        RedisCallException failure = (RedisCallException) catchThrowableOfType(
                        CompletionException.class,
                        () -> failed.orTimeout(10, TimeUnit.SECONDS).join())
                .getCause();
        return failure.<Integer>unsettled().orElseThrow().settle().join().orElseThrow();
    }

    @Test
    void closingRejectsTheRequestsThatWaitAndLaterOnes() {
        GroupCommit<Numbered, Integer> shared = shared();
        CompletableFuture<Integer> sent = ask(shared, request(1));
        CompletableFuture<Integer> waiting = ask(shared, request(2));

        shared.close(RedisCallException.notExecuted("test", "closed"));

        assertThat(waiting).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("closed");
        assertThat(shared.ask(request(3)))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("closed");
        calls.get(0).answer();
        assertThat(sent).succeedsWithin(PATIENCE).isEqualTo(1);
        assertThat(numbers()).containsExactly(List.of(1));
    }

    @Test
    void requestWaitsForAnotherForUpToAMillisecond() {
        GroupCommit<Numbered, Integer> shared = afterASlowCallWithTwoRequests();
        long start = System.nanoTime();

        shared.ask(request(4));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        assertThat(numbers()).endsWith(List.of(4));
    }

    @Test
    void threadThatIsInterruptedWaitsAndStaysInterrupted() {
        GroupCommit<Numbered, Integer> shared = afterASlowCallWithTwoRequests();
        long start = System.nanoTime();

        Thread.currentThread().interrupt();
        shared.ask(request(4));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(1));
    }

    /** The next request waits for a second one. */
    private GroupCommit<Numbered, Integer> afterASlowCallWithTwoRequests() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        ask(shared, 2, 3);
        calls.get(0).answer();
        letTimePass();
        calls.get(1).answer();
        return shared;
    }

    @Test
    void callWithAnUnknownOutcomeIsNotRepeated() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        List<CompletableFuture<Integer>> results = ask(shared, 2, 3);
        calls.get(0).answer();

        calls.get(1).reply.completeExceptionally(RedisCallException.of("test", new RedisTimeoutException("late") {
            private static final long serialVersionUID = 1L;
        }));

        assertThat(numbers()).hasSize(2);
        assertThat(results)
                .allSatisfy(result -> assertThat(result)
                        .failsWithin(PATIENCE)
                        .withThrowableThat()
                        .withCauseInstanceOf(RedisCallException.class));
    }

    @Test
    void temporarilyRefusedRequestsAreNotRepeated() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        List<CompletableFuture<Integer>> results = ask(shared, 2, 3);
        calls.get(0).answer();

        calls.get(1).reply.completeExceptionally(RedisCallException.of("test", new RedisLoadingException("LOADING")));

        assertThat(numbers()).containsExactly(List.of(1), List.of(2, 3));
        assertThat(results).allSatisfy(result -> assertThat(result).failsWithin(PATIENCE));
    }

    @Test
    void requestsLeftOutOfAFullCallAreSentAfterTheNextReplyWhileAnotherCallIsStuck() {
        GroupCommit<Numbered, Integer> shared = shared();
        ask(shared, request(1));
        letTimePass();
        calls.get(0).answer(); // a slow call: from now on, two calls can be in progress
        ask(shared, 2, 3);
        ask(shared, 4, 5, 6);
        ask(shared, new Numbered("a", 7, 2_000_000));
        calls.get(1).answer();
        assertThat(numbers()).endsWith(List.of(3), List.of(4, 5, 6));
        letTimePass();

        calls.get(3).answer(); // while the call with request 3 is stuck

        assertThat(numbers()).endsWith(List.of(4, 5, 6), List.of(7));
    }

    @Test
    void requestsLeftOutOfAFullCallDoNotWaitForStuckCalls() {
        GroupCommit<Numbered, Integer> shared = new GroupCommit<>(false, TIMER, this::call);
        ask(shared, request(1)); // no call is ever answered
        ask(shared, new Numbered("a", 2, 2_000_000));
        ask(shared, new Numbered("a", 3, 2_000_000));

        await().untilAsserted(() -> assertThat(numbers()).containsExactly(List.of(1), List.of(2), List.of(3)));
    }

    @Test
    void requestsDoNotWaitForAStuckCallWithoutGathering() {
        GroupCommit<Numbered, Integer> shared = GroupCommit.withoutGathering(false, TIMER, this::call);
        shared.ask(request(1)); // never answered

        shared.ask(request(2));

        await().untilAsserted(() -> assertThat(numbers()).containsExactly(List.of(1), List.of(2)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsThatHaveWaitedTooLongForStuckCallsAreRejected(boolean gathering) {
        GroupCommit<Numbered, Integer> shared = new GroupCommit<>(
                false,
                gathering,
                TIMER,
                TimeUnit.MILLISECONDS.toNanos(5),
                MILLISECOND,
                TimeUnit.MILLISECONDS.toNanos(500),
                this::call);
        for (int number = 1; number <= 4; number++) {
            shared.ask(request(number));
            int calling = number;
            await().untilAsserted(() -> assertThat(calls).hasSize(calling));
        }

        CompletableFuture<Integer> refused = shared.ask(request(5));

        assertThat(refused)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("Redis has not replied to the calls before it");
        assertThat(calls).hasSize(4);
    }

    @Test
    void requestsAreAnsweredEvenIfTheNextCallThrows() {
        GroupCommit<Numbered, Integer> shared = shared();
        CompletableFuture<Integer> result = ask(shared, request(1));
        CompletableFuture<Integer> next = ask(shared, request(IMPOSSIBLE));

        calls.get(0).answer();

        assertThat(result).succeedsWithin(PATIENCE).isEqualTo(1);
        assertThat(next).failsWithin(PATIENCE);
    }

    @Test
    void callEndsEvenIfItsRequestsCannotBeAnswered() {
        GroupCommit<Numbered, Integer> shared = shared();
        CompletableFuture<Integer> result = ask(shared, request(1));
        ask(shared, request(2));

        calls.get(0)
                .reply
                .completeExceptionally(RedisCallException.unknown("test", new RedisException("late"))
                        .with(new Unanswerable()));

        assertThat(numbers()).containsExactly(List.of(1), List.of(2));
        assertThat(result)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("The outcome of 'group commit' is unknown");
    }

    private static final class Unanswerable implements Unsettled<List<Integer>> {

        @Override
        public CompletableFuture<Optional<List<Integer>>> settle() {
            return new CompletableFuture<>();
        }

        @Override
        public <R> Unsettled<R> map(Function<List<Integer>, R> form) {
            throw new StackOverflowError();
        }
    }

    @Test
    void queuesOfAClusterDoNotShareCalls() {
        GroupCommit<Numbered, Integer> shared =
                new GroupCommit<>(true, true, TIMER, NEVER, MILLISECOND, NEVER, this::call);

        ask(shared, new Numbered("a", 1, 0));
        ask(shared, new Numbered("b", 2, 0));

        assertThat(numbers()).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void everyThreadGetsItsOwnResult() throws InterruptedException {
        GroupCommit<Numbered, Integer> shared = new GroupCommit<>(
                false,
                TIMER,
                requests -> CompletableFuture.supplyAsync(
                        () -> requests.stream().map(Numbered::number).toList()));
        List<Integer> wrong = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int from = i * 2_000;
            Thread thread = new Thread(() -> IntStream.range(from, from + 2_000)
                    .filter(number -> shared.ask(request(number)).join() != number)
                    .forEach(wrong::add));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }

    /** Waits longer than Redis takes to answer a call without writing to disk. */
    private static void letTimePass() {
        letTimePass(Duration.ofMillis(1));
    }

    private static void letTimePass(Duration duration) {
        long start = System.nanoTime();
        await().until(() -> System.nanoTime() - start > duration.toNanos());
    }

    private GroupCommit<Numbered, Integer> shared() {
        return new GroupCommit<>(false, true, TIMER, NEVER, MILLISECOND, NEVER, this::call);
    }

    private static Numbered request(int number) {
        return new Numbered("a", number, 0);
    }

    private List<CompletableFuture<Integer>> ask(GroupCommit<Numbered, Integer> shared, int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(number -> ask(shared, request(number)))
                .toList();
    }

    /** Asks on a separate thread. Returns once the request has been passed on. */
    private static CompletableFuture<Integer> ask(GroupCommit<Numbered, Integer> shared, Numbered request) {
        CompletableFuture<Integer> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> shared.ask(request).whenComplete((result, failure) -> {
            if (failure == null) {
                outcome.complete(result);
            } else {
                outcome.completeExceptionally(failure);
            }
        }));
        thread.setDaemon(true);
        thread.start();
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> !thread.isAlive() || thread.getState() == Thread.State.TIMED_WAITING);
        return outcome;
    }

    private List<List<Integer>> numbers() {
        return calls.stream().map(Pending::numbers).toList();
    }
}
