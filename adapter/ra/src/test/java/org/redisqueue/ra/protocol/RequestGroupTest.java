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
    private static final long FAST = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long SLOW = FAST + 1;
    private static final int MEGABYTE = 1 << 20;

    private record Numbered(int number, long bytes) implements GroupCommit.Request {

        @Override
        public String home() {
            return "queue";
        }
    }

    private final RequestGroup<Numbered, Integer> group = new RequestGroup<>(NEVER);

    private void add(int... numbers) {
        IntStream.of(numbers).forEach(number -> addStoring(number, 0));
    }

    private void addStoring(int number, long bytes) {
        add(group, number, bytes, System.nanoTime());
    }

    private static void add(RequestGroup<Numbered, Integer> group, int number, long bytes, long since) {
        group.waiting.add(new Waiting<>(new Numbered(number, bytes), bytes, since, new CompletableFuture<>()));
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
        group.ended(FAST);

        assertThat(begin()).containsExactly(129, 130);
        assertThat(group.gathered).isFalse();
    }

    @Test
    void callStoresAtMostAMegabyte() {
        addStoring(1, MEGABYTE / 2);
        addStoring(2, MEGABYTE / 2);
        addStoring(3, 1);

        assertThat(begin()).containsExactly(1, 2);
        group.ended(FAST);
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
        group.ended(FAST);
        assertThat(begin()).containsExactly(2);
        add(3);
        assertThat(begin()).isEmpty();
    }

    @Test
    void twoCallsAreInProgressIfCallsAreSlow() {
        add(1);
        begin();
        group.ended(SLOW);
        add(2);
        begin();
        add(3);
        assertThat(begin()).containsExactly(3);
        add(4);

        assertThat(begin()).isEmpty();
    }

    @Test
    void stuckCallsDelayNoOtherUnlessFourAreInProgress() {
        RequestGroup<Numbered, Integer> stuck = new RequestGroup<>(0);
        for (int number = 1; number <= 4; number++) {
            add(stuck, number, 0, System.nanoTime());
            assertThat(numbers(stuck.begin())).containsExactly(number);
        }
        add(stuck, 5, 0, System.nanoTime());

        assertThat(stuck.begin()).isEmpty();
        stuck.ended(FAST);
        assertThat(numbers(stuck.begin())).containsExactly(5);
    }

    @Test
    void groupIsCompleteWhenAsManyRequestsWaitAsTheLastCallCarried() {
        assertThat(group.isComplete()).isTrue();
        add(1, 2);
        begin();

        assertThat(group.isComplete()).isFalse();
        add(3);
        assertThat(group.isComplete()).isFalse();
        add(4);
        assertThat(group.isComplete()).isTrue();
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
