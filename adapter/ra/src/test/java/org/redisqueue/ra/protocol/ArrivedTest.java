// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that a wait has taken from ready, and wake-ups without a message. */
class ArrivedTest {

    private final TestQueue queue = TestQueue.create();

    /** The reply to a wait is on its way, or the consumer that waited has died. */
    private void arrive() {
        queue.call("LMOVE", queue.key("ready"), queue.key("arrived"), "RIGHT", "LEFT");
    }

    private void arrive(int number) {
        for (int i = 0; i < number; i++) {
            arrive();
        }
    }

    /** Leads a claim to the general case. */
    private void withCounters() {
        queue.call("HSET", queue.key("failures"), "other", "1");
    }

    @Nested
    class AClaim {

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void takesTheMessagesOfDeadConsumersFirst(boolean general) {
            queue.send("m1", "m2", "m3", "m4");
            arrive(2);
            if (general) {
                withCounters();
            }

            assertThat(ids(queue.claim(1))).containsExactly("m1");
            assertThat(ids(queue.claim(2))).containsExactly("m2", "m3");
            assertThat(queue.list("arrived")).isEmpty();
            assertThat(ids(queue.claim(2))).containsExactly("m4");
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void wakesTheNextConsumerIfItLeavesMessagesThatHaveArrived(boolean general) {
            queue.send("m1", "m2");
            arrive(2);
            if (general) {
                withCounters();
            }

            ClaimResult claim = queue.claim(1);

            assertThat(claim.more()).isTrue();
            assertThat(queue.list("ready")).containsExactly("");
            assertThat(queue.list("arrived")).containsExactly("m2");
        }

        @Test
        void wakesNobodyIfReadyIsNotEmpty() {
            queue.send("m1", "m2", "m3");
            arrive(2);

            queue.claim(1);

            assertThat(queue.list("ready")).containsExactly("m3");
        }

        @Test
        void wakesTheNextConsumerIfItLeavesMessagesThatAreDue() {
            queue.held("m1", "m2").forEach(queue::letTimePass);

            ClaimResult claim = queue.claim(1);

            assertThat(claim.messages()).hasSize(1);
            assertThat(claim.more()).isTrue();
            assertThat(queue.list("ready")).containsExactly("");
            assertThat(queue.claim(1).more()).isFalse();
            assertThat(queue.list("ready")).isEmpty();
        }

        @Test
        void removesWakeUpsWithoutCountingThem() {
            queue.send("m1", "m2");
            queue.call("RPUSH", queue.key("ready"), "", "");
            arrive();
            queue.call("LPUSH", queue.key("ready"), "");

            assertThat(ids(queue.claim(2))).containsExactly("m1", "m2");
            ClaimResult last = queue.claim(2);
            assertThat(last.found()).isZero();
            assertThat(last.more()).isFalse();
            assertThat(queue.dead()).isEmpty();
            assertThat(queue.list("ready")).isEmpty();
            assertThat(queue.list("arrived")).isEmpty();
        }

        @Test
        void takesMessagesThatHaveArrivedBehindWakeUpsBeforeReadyOnes() {
            queue.send("m1", "m2");
            arrive();
            queue.call("RPUSH", queue.key("arrived"), "", "");

            assertThat(ids(queue.claim(1))).containsExactly("m1");
            assertThat(ids(queue.claim(2))).containsExactly("m2");
        }

        @Test
        void takesReadyMessagesIfOnlyWakeUpsHaveArrived() {
            queue.send("m1");
            queue.call("RPUSH", queue.key("arrived"), "", "", "");

            assertThat(ids(queue.claim(1))).containsExactly("m1");
            assertThat(queue.list("arrived")).isEmpty();
        }

        @Test
        void findsMessagesBehindAThousandWakeUpsAtTheLatestInTheNextClaim() {
            queue.send("m1", "m2");
            arrive();
            Object[] wakeUps = new Object[1_003];
            Arrays.fill(wakeUps, "");
            wakeUps[0] = "RPUSH";
            wakeUps[1] = queue.key("arrived");
            queue.call(wakeUps);

            ClaimResult first = queue.claim(1);
            assertThat(ids(first)).isEmpty();
            assertThat(first.more()).isTrue();
            assertThat(ids(queue.claim(1))).containsExactly("m1");
        }

        @Test
        void saysThatNothingIsLeft() {
            assertThat(queue.claim(2).more()).isFalse();
            queue.send("m1");
            assertThat(queue.claim(2).more()).isFalse();
            queue.send("m2");
            arrive();
            assertThat(queue.claim(2).more()).isFalse();
        }

        @Test
        void claimsAnIdOnceThatIsInBothLists() {
            queue.send("m1", "m2");
            arrive();
            queue.call("LPUSH", queue.key("ready"), "m1");

            assertThat(ids(queue.claim(5))).containsExactly("m1", "m2");

            assertThat(queue.ready()).isEmpty();
        }

        @Test
        void leavesMessagesThatHaveArrivedInAPausedQueue() {
            queue.send("m1");
            arrive();
            queue.call("SET", queue.key("paused"), "");

            assertThat(queue.claim(1).paused()).isTrue();

            assertThat(queue.list("arrived")).containsExactly("m1");
        }
    }

    @Nested
    class ARelease {

        @Test
        void returnsMessagesToReadyIfNothingHasArrived() {
            List<Lease> leases = queue.held("m1", "m2", "m3");
            queue.send("m4");

            queue.release(leases.toArray(Lease[]::new));

            assertThat(queue.list("ready")).containsExactly("m4", "m3", "m2", "m1");
        }

        @Test
        void returnsMessagesBeforeThoseThatHaveArrivedAndWakesAConsumer() {
            List<Lease> leases = queue.held("m1", "m2");
            queue.send("m3");
            arrive();

            queue.release(leases.toArray(Lease[]::new));

            assertThat(queue.list("ready")).containsExactly("");
            assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
            assertThat(ids(queue.claim(5))).containsExactly("m1", "m2", "m3");
        }

        @Test
        void keepsAWakeUpAtTheRightEndOfReady() {
            List<Lease> leases = queue.held("m1", "m2");
            queue.call("LPUSH", queue.key("ready"), "");

            queue.release(leases.toArray(Lease[]::new));

            assertThat(queue.list("ready")).containsExactly("");
            assertThat(queue.list("arrived")).containsExactly("m2", "m1");
        }

        @Test
        void wakesNobodyIfItReturnsNothing() {
            List<Lease> leases = leases(queue.claim(1));
            queue.send("m1");
            arrive();

            assertThat(queue.release(leases.toArray(Lease[]::new))).isZero();
            assertThat(result(queue.operations()
                            .release(queue.name, List.of(new Lease(queue.name, "m9", "t", ClaimingListener.NONE, 0)))))
                    .isZero();

            assertThat(queue.list("ready")).isEmpty();
        }
    }

    @Test
    void countsAsReady() {
        queue.send("m1", "m2");
        arrive();
        queue.call("LPUSH", queue.key("arrived"), "");
        assertThat(result(queue.operations().inspect(queue.name, 0)).counts().ready())
                .isEqualTo(2);

        queue.claim(2);
        queue.call("LPUSH", queue.key("ready"), "");
        assertThat(result(queue.operations().inspect(queue.name, 0)).counts().ready())
                .isZero();
    }
}
