// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleaseTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void releasedMessagesAreDeliveredNextInTheirOriginalOrder() {
        queue.send("m1", "m2", "m3", "m4");
        List<Lease> leases = TestQueue.leases(queue.claim(3));

        assertThat(queue.release(leases.toArray(Lease[]::new))).isEqualTo(3);

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3", "m4");
        assertThat(queue.processing()).isEmpty();
    }

    @Test
    void changesNoCount() {
        queue.letTimePass(queue.held("m1"));
        queue.redeliver(lease(queue.claim(1)), 60_000, 9);
        queue.letTimePass("m1 -");

        queue.release(lease(queue.claim(1)));

        ClaimedMessage message = queue.claim(1).messages().get(0);
        assertThat(message.failures()).isEqualTo(1);
        assertThat(message.abandoned()).isEqualTo(1);
    }

    @Test
    void lostLeaseChangesNothing() {
        Lease slow = queue.held("m1");
        queue.letTimePass(slow);
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.release(slow)).isZero();

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void heldMessagesAreReleasedWithoutTheLostOne() {
        List<Lease> leases = queue.held("m1", "m2", "m3");
        queue.letTimePass(leases.get(1));
        assertThat(ids(queue.claim(1))).containsExactly("m2");

        assertThat(queue.release(leases.toArray(Lease[]::new))).isEqualTo(2);

        assertThat(queue.ready()).containsExactly("m1", "m3");
        assertThat(queue.processing()).hasSize(1);
    }

    @Test
    void preparedMessageIsNotReleased() {
        Lease lease = queue.held("m1");
        queue.prepare("branch", List.of(lease));
        Map<String, Object> before = queue.everything();

        assertThat(queue.release(lease)).isZero();

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void repeatedCallHasNoFurtherEffect() {
        Lease lease = queue.held("m1");
        queue.release(lease);
        Map<String, Object> before = queue.everything();

        assertThat(queue.release(lease)).isZero();

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void nothingIsReleasedWhenReadyHasTheWrongType() {
        Lease lease = queue.held("m1");
        queue.call("SET", queue.key("ready"), "no list");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.release(lease))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("WRONGTYPE");

        assertThat(queue.everything()).isEqualTo(before);
    }
}
