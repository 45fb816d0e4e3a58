// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.LEASE;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenewTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void extendsTheLease() {
        queue.send("m1");
        Lease lease = lease(queue.claim(1, 10_000));

        double before = queue.now();
        assertThat(queue.renew(lease)).isEmpty();

        assertThat(queue.due(lease)).isBetween(before + LEASE, queue.now() + LEASE);
        assertThat(lease.isLost()).isFalse();
    }

    @Test
    void renewedLeaseIsCertainForLonger() {
        queue.send("m1");
        Lease lease = lease(queue.claim(1, 10));
        long later = System.nanoTime() + 30_000_000_000L;
        assertThat(lease.isCertainAt(later)).isFalse();

        queue.renew(lease);

        assertThat(lease.isCertainAt(later)).isTrue();
    }

    @Test
    void endedLeaseIsHeldUntilAnotherConsumerClaims() {
        Lease lease = queue.held("m1");
        queue.letTimePass(lease);

        assertThat(queue.renew(lease)).isEmpty();
        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void reportsLostLeasesAndExtendsTheOthers() {
        List<Lease> leases = queue.held("m1", "m2");
        queue.letTimePass(leases.get(0));
        Lease taken = lease(queue.claim(1));
        double due = queue.due(taken);

        assertThat(queue.renew(leases.get(0), leases.get(1))).containsExactly(leases.get(0));

        assertThat(leases.get(0).isLost()).isTrue();
        assertThat(leases.get(1).isLost()).isFalse();
        assertThat(queue.processing()).containsOnlyKeys(leases.get(1).member(), taken.member());
        assertThat(queue.due(taken)).isEqualTo(due);
    }

    @Test
    void completedMessageIsNotDeliveredAgain() {
        Lease lease = queue.held("m1");
        queue.acknowledge(lease);

        assertThat(queue.renew(lease)).containsExactly(lease);
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void preparedMessageStaysPrepared() {
        Lease lease = queue.held("m1");
        queue.prepare("branch", List.of(lease));
        Map<String, Object> before = queue.everything();

        assertThat(queue.renew(lease)).isEmpty();

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(queue.due(lease)).isInfinite();
    }

    @Test
    void repeatedRenewalOnlyExtends() {
        Lease lease = queue.held("m1");
        queue.renew(lease);

        assertThat(queue.renew(lease)).isEmpty();

        assertThat(queue.processing()).containsOnlyKeys(lease.member());
    }

    @Test
    void renewingNoLeasesDoesNothing() {
        assertThat(result(queue.operations().renew(queue.name, List.of(), LEASE)))
                .isEmpty();
        assertThat(queue.everything()).isEmpty();
    }
}
