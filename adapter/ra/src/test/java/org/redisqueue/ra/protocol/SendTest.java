// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

class SendTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void storesTheMessageAndMakesItReady() {
        assertThat(queue.send("m1")).isEmpty();

        assertThat(queue.everything())
                .isEqualTo(Map.of(queue.key("message:m1"), "value of m1", queue.key("ready"), List.of("m1")));
    }

    @Test
    void anyOtherClientSeesIt() {
        queue.send("m1");

        Config config = new Config();
        config.useSingleServer().setAddress(TestRedis.shared().address()).setConnectionMinimumIdleSize(1);
        RedissonClient other = Redisson.create(config);
        try {
            assertThat(other.getList(queue.key("ready"), StringCodec.INSTANCE).readAll())
                    .containsExactly("m1");
            assertThat(other.getBucket(queue.key("message:m1"), StringCodec.INSTANCE)
                            .get())
                    .isEqualTo("value of m1");
        } finally {
            other.shutdown();
        }
    }

    @Test
    void manyAreReadyInTheirOrder() {
        queue.send("m1", "m2", "m3");
        queue.send("m4");

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3", "m4");
    }

    @Test
    void keepsEveryByte() {
        byte[] bytes = new byte[512];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        result(queue.operations().send(List.of(new Publication(queue.name, "m1", bytes, 0))));

        assertThat(queue.call("STRLEN", queue.key("message:m1"))).isEqualTo(512L);
        assertThat(queue.claim(1).messages().get(0).value()).isEqualTo(bytes);
    }

    @Test
    void anEmptyMessageIsAMessage() {
        result(queue.operations().send(List.of(new Publication(queue.name, "m1", new byte[0], 0))));

        assertThat(queue.claim(1).messages().get(0).value()).isEmpty();
    }

    @Test
    void timeToLiveIsKeptBesideTheMessage() {
        double before = queue.now();
        result(queue.operations().send(List.of(queue.message("m1", 100_000), queue.message("m2"))));

        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
        assertThat(Double.valueOf((String) queue.call("ZSCORE", queue.key("expiry"), "m1")))
                .isBetween(before + 100_000, queue.now() + 100_000);
        assertThat(queue.call("ZSCORE", queue.key("expiry"), "m2")).isNull();
    }

    @Test
    void expiredMessageWhoseBodyWasReleasedGivesItsPlaceToTheNextOfItsId() {
        result(queue.operations().send(List.of(queue.message("m1", 1))));
        queue.send("m2");
        await().until(() -> queue.now() > Double.parseDouble((String) queue.call("ZSCORE", queue.key("expiry"), "m1")));
        queue.call("RPUSH", queue.key("ready"), "m0");
        queue.claim(1); // finds nothing under m0, and releases the body of m1
        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("RQ/expired");

        assertThat(queue.send("m1")).isEmpty();

        assertThat(queue.ready()).containsExactly("m1", "m2");
        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("value of m1");
    }

    @Test
    void expiredMessageGivesItsPlaceToTheNextOfItsId() {
        result(queue.operations().send(List.of(queue.message("m1", 1), queue.message("m2"))));
        await().until(() -> queue.now() > Double.parseDouble((String) queue.call("ZSCORE", queue.key("expiry"), "m1")));

        assertThat(result(queue.operations().send(List.of(new Publication(queue.name, "m1", "new".getBytes(), 0)))))
                .isEmpty();

        assertThat(queue.ready()).containsExactly("m1", "m2");
        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("new");
        assertThat(queue.call("EXISTS", queue.key("expiry"))).isEqualTo(0L);
    }

    @Test
    void idOfAMessageWithATimeToLiveIsInUseWhileItIsProcessed() {
        result(queue.operations().send(List.of(queue.message("m1", 60_000))));
        Lease lease = TestQueue.lease(queue.claim(1));
        queue.call("ZADD", queue.key("expiry"), "-1", "m1"); // claimed, and past its deadline

        assertThat(queue.send("m1")).containsExactly("m1");

        assertThat(queue.acknowledge(lease).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void anIdThatIsInUseIsNotSentAgain() {
        queue.send("m1");
        Map<String, Object> before = queue.everything();

        assertThat(result(queue.operations().send(List.of(new Publication(queue.name, "m1", new byte[] {1}, 5_000)))))
                .extracting(Publication::id)
                .containsExactly("m1");

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
    }

    @Test
    void theOthersAreSentWhenOneIdIsInUse() {
        queue.send("m2");

        assertThat(queue.send("m1", "m2", "m3")).containsExactly("m2");

        assertThat(queue.ready()).containsExactly("m2", "m1", "m3");
    }

    @Test
    void anIdIsInUseWhileItIsProcessedAndWhileItIsDead() {
        Lease lease = queue.held("m1");
        assertThat(queue.send("m1")).containsExactly("m1");

        queue.retry(lease, 0, 0);
        assertThat(queue.send("m1")).containsExactly("m1");

        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void nothingIsStoredWhenReadyIsOfAnotherType() {
        queue.call("SET", queue.key("ready"), "no list");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.send("m1"))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("RQ-107 'send' was not done")
                .hasMessageContaining("WRONGTYPE")
                .hasMessageNotContaining("value of m1");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void aServerThatForgotTheScriptsGetsThemAgain() {
        queue.send("m1");
        queue.call("SCRIPT", "FLUSH", "SYNC");

        queue.send("m2");
        queue.call("SCRIPT", "FLUSH", "SYNC");
        Lease[] leases = TestQueue.leases(queue.claim(2)).toArray(Lease[]::new);
        queue.call("SCRIPT", "FLUSH", "SYNC");

        assertThat(queue.acknowledge(leases).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void newIdsSortByTime() {
        String first = QueueOperations.newId();
        await().until(() -> QueueOperations.newId().substring(0, 13).compareTo(first.substring(0, 13)) > 0);

        assertThat(QueueOperations.newId()).isGreaterThan(first).hasSize(36).matches(".{14}7.{4}[89ab].*");
    }
}
