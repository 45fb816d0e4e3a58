// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that expire. */
class ExpiryTest {

    private static final String TOMBSTONE = "RQ/expired";

    private final TestQueue queue = TestQueue.create();

    @Test
    void expiredMessageIsDropped() {
        queue.send("m1", "m2");
        queue.expireIn("m1", -1);

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly("m2");
        assertThat(claim.expired()).isEqualTo(1);
        assertThat(claim.found()).isEqualTo(2);
        assertThat(queue.exists("m1")).isFalse();
        assertThat(queue.expiry()).isEmpty();
        assertThat(queue.dead()).isEmpty();
    }

    @Test
    void expiredMessageIsDeadLetteredOnRequest() {
        queue.send("m1");
        queue.call("PEXPIRE", queue.key("message:m1"), 60_000);
        queue.expireIn("m1", -1);

        ClaimResult claim = queue.claim(1, 1_000, OnExpiry.DEAD_LETTER);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).containsEntry("m1", "It expired before it was acknowledged");
        assertThat(queue.dead()).containsExactly("m1");
        assertThat(queue.expiry()).isEmpty();
        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
    }

    @Test
    void deletedExpiredMessageIsNotDeadLettered() {
        queue.send("m1");
        queue.expireIn("m1", -1);
        queue.call("DEL", queue.key("message:m1"));

        ClaimResult claim = queue.claim(1, 1_000, OnExpiry.DEAD_LETTER);

        assertThat(claim.deadLettered()).isEmpty();
        assertThat(claim.gone()).containsExactly("m1");
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void expiredMessageWithoutContentIsDeadLettered() {
        queue.send("m1");
        queue.expireIn("m1", -1);
        queue.call("SET", queue.key("message:m1"), "");

        assertThat(queue.claim(1, 1_000, OnExpiry.DEAD_LETTER).deadLettered()).containsOnlyKeys("m1");

        assertThat(queue.exists("m1")).isTrue();
    }

    @Test
    void messageExpiringBeforeItsRedeliveryIsDroppedWithItsCounts() {
        queue.redeliver(queue.held("m1"), 0, 9);
        queue.letTimePass("m1 -");
        queue.call("ZADD", queue.key("expiry"), "-1", "m1");

        assertThat(queue.claim(1).expired()).isEqualTo(1);

        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void deadlineIsHiddenWhileAConsumerHoldsTheMessage() {
        queue.send("m1");
        queue.expireIn("m1", 60_000);
        double deadline = queue.expiry().get("m1");

        Lease lease = lease(queue.claim(1));
        assertThat(queue.expiry()).containsEntry("m1", -deadline);

        queue.release(lease);
        assertThat(queue.expiry()).containsEntry("m1", deadline);
    }

    @Test
    void bodyOfAnExpiredMessageIsReleasedBeforeItsTurn() {
        queue.send("m1", "m2", "m3");
        queue.expireIn("m3", -1);

        assertThat(ids(queue.claim(1))).containsExactly("m1");
        assertThat(queue.call("GET", queue.key("message:m3"))).isEqualTo(TOMBSTONE);
        assertThat(queue.expiry()).containsEntry("m3", 0d);

        ClaimResult claim = queue.claim(2);
        assertThat(ids(claim)).containsExactly("m2");
        assertThat(claim.expired()).isEqualTo(1);
        assertThat(queue.exists("m3")).isFalse();
    }

    @Test
    void claimReleasesABoundedNumberOfBodies() {
        for (int i = 0; i < 30; i++) {
            queue.send("m" + i);
            queue.expireIn("m" + i, -1);
        }
        queue.call("RPUSH", queue.key("ready"), "first");
        queue.call("SET", queue.key("message:first"), "value");

        queue.claim(1);
        assertThat(queue.expiry().values()).filteredOn(deadline -> deadline > 0).hasSize(20);
        queue.claim(1);
        assertThat(queue.expiry().values()).filteredOn(deadline -> deadline > 0).hasSizeBetween(9, 10);
    }

    @Test
    void noBodyIsReleasedWhereExpiredMessagesAreDeadLettered() {
        queue.send("m1", "m2");
        queue.expireIn("m2", -1);

        queue.claim(1, 1_000, OnExpiry.DEAD_LETTER);

        assertThat(queue.call("GET", queue.key("message:m2"))).isEqualTo("value of m2");
        assertThat(queue.claim(1, 1_000, OnExpiry.DEAD_LETTER).deadLettered()).containsOnlyKeys("m2");
    }

    @Test
    void tombstoneIsDroppedRegardlessOfOnExpiry() {
        queue.send("m1");
        queue.call("SET", queue.key("message:m1"), TOMBSTONE);
        queue.expireIn("m1", -1);

        assertThat(queue.claim(1, 1_000, OnExpiry.DEAD_LETTER).expired()).isEqualTo(1);

        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void heldMessageDoesNotExpire() {
        Lease lease = queue.held("m1");
        queue.call("ZADD", queue.key("expiry"), "-1", "m1");

        assertThat(queue.claim(1).expired()).isZero();

        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("value of m1");
        assertThat(queue.renew(lease)).isEqualTo(List.of());
    }
}
