// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.RequestGroup.Waiting;

/** When the next call starts, and which requests it takes. */
class RequestGroupTest {

    private static final long NEVER = TimeUnit.HOURS.toNanos(1);
    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLOW = FAST + 1;
    private static final int MEGABYTE = 1 << 20;

    private record Numbered(int number, long bytes) implements GroupCommit.Request {

        @Override
        public String home() {
            return "queue";
        }
    }

    private final RequestGroup<Numbered, Integer> group = new RequestGroup<>(NEVER, FAST);

    private void add(int... numbers) {
        IntStream.of(numbers).forEach(number -> addStoring(number, 0));
    }

    private void addStoring(int number, long bytes) {
        add(group, number, bytes, System.nanoTime());
    }

    private static void add(RequestGroup<Numbered, Integer> group, int number, long bytes, long since) {
        group.add(new Waiting<>(new Numbered(number, bytes), bytes, since, new CompletableFuture<>()));
    }

    private List<Integer> begin() {
        return numbers(group.begin());
    }

    private static List<Integer> numbers(List<Waiting<Numbered, Integer>> requests) {
        return requests.stream().map(each -> each.request().number()).toList();
    }

    @Test
    void callTakesAllRequestsThatWait() {
        assertThat(begin()).isEmpty();
        add(1, 2, 3);

        assertThat(begin()).containsExactly(1, 2, 3);

        assertThat(group.waiting).isEmpty();
        assertThat(group.gathered).isFalse();
    }

    @Test
    void callTakesAtMost128Requests() {
        add(IntStream.rangeClosed(1, 130).toArray());

        assertThat(begin()).hasSize(128).startsWith(1).endsWith(128);
        assertThat(group.gathered).as("the others need not wait for more").isTrue();
        group.ended(FAST, 1);

        assertThat(begin()).containsExactly(129, 130);
        assertThat(group.gathered).isFalse();
    }

    @Test
    void callStoresAtMostAMegabyte() {
        addStoring(1, MEGABYTE / 2);
        addStoring(2, MEGABYTE / 2);
        addStoring(3, 1);

        assertThat(begin()).containsExactly(1, 2);
        group.ended(FAST, 1);
        assertThat(begin()).containsExactly(3);
    }

    @Test
    void requestThatStoresMoreThanAMegabyteHasACallOfItsOwn() {
        addStoring(1, MEGABYTE + 1);
        addStoring(2, 0);

        assertThat(begin()).containsExactly(1);
    }

    @Test
    void requestsThatStoreDataComeFirst() {
        addStoring(1, 0);
        addStoring(2, 10);
        addStoring(3, 0);
        addStoring(4, 10);

        assertThat(begin()).containsExactly(2, 4, 1, 3);
    }

    @Test
    void oneCallIsInProgressAtATime() {
        add(1);
        begin();
        add(2);

        assertThat(begin()).isEmpty();
        group.ended(FAST, 1);
        assertThat(begin()).containsExactly(2);
        add(3);
        assertThat(begin()).isEmpty();
    }

    @Test
    void twoCallsAreInProgressIfCallsAreSlow() {
        add(1);
        begin();
        group.ended(SLOW, 1);
        add(2);
        begin();
        add(3);
        assertThat(begin()).containsExactly(3);
        add(4);

        assertThat(begin()).isEmpty();
    }

    @Test
    void stuckCallsDelayNoOtherUnlessFourAreInProgress() {
        RequestGroup<Numbered, Integer> stuck = new RequestGroup<>(0, FAST);
        for (int number = 1; number <= 4; number++) {
            add(stuck, number, 0, System.nanoTime());
            assertThat(numbers(stuck.begin())).containsExactly(number);
        }
        add(stuck, 5, 0, System.nanoTime());

        assertThat(stuck.begin()).isEmpty();
        stuck.ended(FAST, 1);
        assertThat(numbers(stuck.begin())).containsExactly(5);
    }

    @Test
    void groupIsCompleteWhenTheThreadsOfTheLastCallAndThoseThatWaitedAtItsEndAreBack() {
        assertThat(group.isComplete()).isTrue();
        add(1, 2);
        begin();
        add(3);
        group.ended(FAST, 2);

        assertThat(group.isComplete()).isFalse();
        add(4);
        assertThat(group.isComplete()).isFalse();
        add(5);
        assertThat(group.isComplete()).isTrue();
    }

    @Test
    void groupExpectsFewerRequestsIfTheLastCallHasWaitedInVain() {
        add(1, 2);
        begin();
        add(3);
        group.ended(FAST, 2);
        assertThat(begin()).containsExactly(3);
        add(4, 5);
        group.ended(FAST, 1);

        assertThat(group.isComplete()).isTrue();
        begin();
        add(6);
        group.ended(FAST, 2);
        assertThat(group.isComplete()).as("expects three again").isFalse();
        add(7, 8);
        assertThat(group.isComplete()).isTrue();
    }

    @Test
    void groupIsCompleteWhenTheCallIsFull() {
        add(IntStream.rangeClosed(1, 200).toArray());
        begin();
        group.ended(FAST, 128);
        assertThat(begin()).hasSize(72);
        add(IntStream.rangeClosed(1, 127).toArray());
        group.ended(FAST, 72);
        add(IntStream.rangeClosed(1, 128).toArray());
        assertThat(group.isComplete()).isTrue();
    }

    @Test
    void groupIsCompleteWhenAMegabyteWaits() {
        add(1, 2);
        begin();
        group.ended(FAST, 2);
        addStoring(3, MEGABYTE - 1);
        assertThat(group.isComplete()).isFalse();
        begin();
        group.ended(FAST, 2);
        addStoring(4, MEGABYTE);
        assertThat(group.isComplete()).isTrue();
    }

    @Test
    void requestWaitsForOthersAsLongAsTheLastCallTook() {
        long now = System.nanoTime();
        assertThat(group.patienceNanos(now, now)).isLessThanOrEqualTo(0);
        add(1);
        begin();
        long before = System.nanoTime();
        group.ended(FAST / 2, 1);
        long after = System.nanoTime();

        assertThat(group.patienceNanos(before - NEVER, after)).isBetween(before - after + FAST / 2, FAST / 2);
        assertThat(group.patienceNanos(after + 100, after)).isEqualTo(FAST / 2 + 100);
    }

    @Test
    void requestWaitsForOthersAtMostForAMillisecondAfterACall() {
        add(1);
        begin();
        group.ended(10 * FAST, 1);
        long later = System.nanoTime();
        assertThat(group.patienceNanos(later, later)).isEqualTo(FAST);
    }

    @Test
    void requestLooksAgainWhileACallIsInProgress() {
        add(1);
        begin();
        group.ended(FAST / 2, 1);
        add(2);
        begin();
        long later = System.nanoTime() + NEVER;
        assertThat(group.patienceNanos(later - NEVER, later)).isEqualTo(FAST / 2);
    }

    @Test
    void requestsThatHaveWaitedTooLongAreRemoved() {
        long now = System.nanoTime();
        add(group, 1, 0, now - NEVER);
        add(group, 2, 0, now - NEVER);
        add(3);
        group.gathered = true;

        assertThat(numbers(group.takeOlderThan(NEVER / 2))).containsExactly(1, 2);
        assertThat(group.gathered).isTrue();
        assertThat(begin()).containsExactly(3);
    }

    @Test
    void nextRequestWaitsForOthersIfAllHaveBeenRemoved() {
        add(group, 1, 0, System.nanoTime() - NEVER);
        group.gathered = true;

        assertThat(numbers(group.takeOlderThan(NEVER / 2))).containsExactly(1);

        assertThat(group.gathered).isFalse();
    }

    @Test
    void remainingRequestsStillWaitForOthers() {
        add(group, 1, 0, System.nanoTime() - NEVER);
        add(2);

        group.takeOlderThan(NEVER / 2);

        assertThat(group.gathered).isFalse();
    }
}
