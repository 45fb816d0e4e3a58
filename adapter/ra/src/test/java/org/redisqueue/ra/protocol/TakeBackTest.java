// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TakeBackTest {

    private final TestQueue queue = TestQueue.create();

    private List<TakeBackRequest> takeBack(TakeBackRequest... requests) {
        return result(queue.operations().takeBack(List.of(requests)));
    }

    private TakeBackRequest waiting(String id, int counted, int remaining) {
        return TakeBackRequest.ofWaiting(queue.name, id, counted, remaining);
    }

    private ClaimedMessage claimed() {
        return queue.claim(1).messages().get(0);
    }

    /** Lets a message fail, and wait for its redelivery. */
    private void fail(String id, int times) {
        queue.send(id);
        for (int i = 0; i < times; i++) {
            queue.redeliver(claimed().lease(), 60_000, 99);
            if (i + 1 < times) {
                queue.letTimePass(id + " -");
            }
        }
    }

    @Test
    void messageThatWaitsIsDueWithoutTheFailures() {
        fail("m1", 3);
        fail("m2", 1);

        assertThat(takeBack(waiting("m1", 3, 1), waiting("m2", 1, 0))).isEmpty();

        assertThat(queue.failures()).isEqualTo(Map.of("m1", "1"));
        assertThat(ids(queue.claim(9))).containsExactlyInAnyOrder("m1", "m2");
    }

    @Test
    void messageWithADifferentNumberOfFailuresIsLeftAlone() {
        fail("m1", 2);
        Map<String, Object> before = queue.everything();

        TakeBackRequest request = waiting("m1", 1, 0);
        assertThat(takeBack(request)).containsExactly(request);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void messageThatIsDeliveredAgainIsLeftAlone() {
        fail("m1", 1);
        queue.letTimePass("m1 -");
        ClaimedMessage again = claimed();

        assertThat(takeBack(waiting("m1", 1, 0))).hasSize(1);

        assertThat(queue.failures()).isEqualTo(Map.of("m1", "1"));
        assertThat(queue.processing()).containsOnlyKeys(again.lease().member());
    }

    @Test
    void deadLetterIsLeftAlone() {
        queue.deadLetter(queue.held("m1"));
        assertThat(takeBack(waiting("m1", 1, 0))).hasSize(1);
        assertThat(queue.dead()).containsExactly("m1");
        assertThat(queue.processing()).isEmpty();
    }

    @Test
    void heldMessageIsDueWithTheRemainingFailures() {
        fail("m1", 2);
        queue.letTimePass("m1 -");

        assertThat(takeBack(TakeBackRequest.ofHeld(claimed(), 1))).isEmpty();

        assertThat(queue.processing()).containsOnlyKeys("m1 -");
        ClaimedMessage next = claimed();
        assertThat(next.failures()).isEqualTo(1);
        assertThat(next.abandoned()).isZero();
    }

    @Test
    void messageOfALostLeaseIsLeftAlone() {
        queue.send("m1");
        ClaimedMessage lost = claimed();
        queue.letTimePass(lost.lease());
        ClaimedMessage again = claimed();

        assertThat(takeBack(TakeBackRequest.ofHeld(lost, 0))).hasSize(1);

        assertThat(queue.processing()).containsOnlyKeys(again.lease().member());
    }

    @Test
    void invalidRequestChangesNothingForTheOthers() {
        fail("m1", 1);
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> takeBack(waiting("m1", 1, 0), waiting("m2", 1, -1)))
                .hasMessageContaining("an argument must be an integer");

        assertThat(queue.everything()).isEqualTo(before);
    }
}
