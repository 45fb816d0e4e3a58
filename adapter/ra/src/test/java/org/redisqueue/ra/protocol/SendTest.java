// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    void messageIsVisibleToOtherClients() {
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
    void messagesAreReadyInTheirOrder() {
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
        result(queue.operations().send(List.of(new SendRequest(queue.name, "m1", bytes, 0))));

        assertThat(queue.call("STRLEN", queue.key("message:m1"))).isEqualTo(512L);
        assertThat(queue.claim(1).messages().get(0).value()).isEqualTo(bytes);
    }

    @Test
    void emptyMessageIsValid() {
        result(queue.operations().send(List.of(new SendRequest(queue.name, "m1", new byte[0], 0))));

        assertThat(queue.claim(1).messages().get(0).value()).isEmpty();
    }

    @Test
    void deadlineIsStoredInExpiry() {
        double before = queue.now();
        result(queue.operations().send(List.of(queue.message("m1", 100_000), queue.message("m2"))));

        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
        assertThat(Double.valueOf((String) queue.call("ZSCORE", queue.key("expiry"), "m1")))
                .isBetween(before + 100_000, queue.now() + 100_000);
        assertThat(queue.call("ZSCORE", queue.key("expiry"), "m2")).isNull();
    }

    @Test
    void expiredMessageWithAReleasedBodyIsReplacedByANewOneWithItsId() {
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
    void expiredMessageIsReplacedByANewOneWithItsId() {
        result(queue.operations().send(List.of(queue.message("m1", 1), queue.message("m2"))));
        await().until(() -> queue.now() > Double.parseDouble((String) queue.call("ZSCORE", queue.key("expiry"), "m1")));

        assertThat(result(queue.operations().send(List.of(new SendRequest(queue.name, "m1", "new".getBytes(), 0)))))
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
    void idInUseIsNotSentAgain() {
        queue.send("m1");
        Map<String, Object> before = queue.everything();

        assertThat(result(queue.operations().send(List.of(new SendRequest(queue.name, "m1", new byte[] {1}, 5_000)))))
                .extracting(SendRequest::id)
                .containsExactly("m1");

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
    }

    @Test
    void otherMessagesAreSentWhenOneIdIsInUse() {
        queue.send("m2");

        assertThat(queue.send("m1", "m2", "m3")).containsExactly("m2");

        assertThat(queue.ready()).containsExactly("m2", "m1", "m3");
    }

    @Test
    void idIsInUseDuringProcessingAndAsDeadLetter() {
        Lease lease = queue.held("m1");
        assertThat(queue.send("m1")).containsExactly("m1");

        queue.deadLetter(lease);
        assertThat(queue.send("m1")).containsExactly("m1");

        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void nothingIsStoredWhenReadyHasTheWrongType() {
        queue.call("SET", queue.key("ready"), "no list");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.send("m1"))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("RQ-107 'send' was not executed")
                .hasMessageContaining("WRONGTYPE")
                .hasMessageNotContaining("value of m1");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void unknownScriptsAreSentToTheServerAgain() {
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

    @ParameterizedTest
    @ValueSource(strings = {"exists", "lpush", "mset", "psetex", "time", "zcard", "zrem", "zscore"})
    void deniedCommandLeavesAnExpiredMessageUnchanged(String command) {
        without(
                command,
                queue -> {
                    queue.send("m1");
                    queue.expireIn("m1", -1);
                },
                queue -> {
                    Map<String, Object> before = queue.everything();

                    assertThatThrownBy(() -> queue.send("m1", "m2")).isInstanceOf(RedisCallException.class);

                    assertThat(queue.everything()).isEqualTo(before);
                });
    }

    @Test
    void refusedWriteUndoesAllNewMessages() {
        String[] ids = IntStream.range(0, 2_500).mapToObj(i -> "m" + i).toArray(String[]::new);
        queue.send("m0");
        queue.expireIn("m0", -1);
        Map<String, Object> before = queue.everything();
        List<Object> call = new ArrayList<>(List.of("EVAL", failingAt("MSET", 3), ids.length + 3));
        call.addAll(List.of(queue.key("lane:none"), queue.key("ready"), queue.key("expiry")));
        Arrays.stream(ids).map(id -> queue.key("message:" + id)).forEach(call::add);
        call.addAll(List.of("", ""));
        call.addAll(List.of(ids));
        call.addAll(Collections.nCopies(ids.length, "new"));

        assertThatThrownBy(() -> queue.call(call.toArray())).hasMessageContaining("refused");

        assertThat(queue.everything()).isEqualTo(before);
    }

    /** The script with one call of a command refused. */
    private static String failingAt(String command, int number) {
        return """
                local calls, server = 0, redis
                local redis = setmetatable({ pcall = function(name, ...)
                  calls = calls + (name == '%s' and 1 or 0)
                  if name == '%s' and calls == %d then
                    return server.error_reply('ERR refused')
                  end
                  return server.pcall(name, ...)
                end }, { __index = server })
                """.formatted(command, command, number) + Script.SEND.source();
    }

    @Test
    void messageDoesNotInheritTheDeadlineOfADeletedMessageWithTheSameId() {
        queue.expireIn("m1", -1);
        queue.expireIn("m2", 60_000);

        assertThat(queue.send("m1", "m2", "m3")).isEmpty();

        assertThat(queue.expiry()).isEmpty();
        assertThat(TestQueue.ids(queue.claim(3))).containsExactly("m1", "m2", "m3");
    }

    @Test
    void otherMessagesKeepTheirDeadlines() {
        queue.send("m1");
        queue.expireIn("m1", 60_000);

        assertThat(queue.send("m1", "m2")).containsExactly("m1");

        assertThat(queue.expiry()).containsOnlyKeys("m1");
    }

    /** Runs the test as a user who may not call this command, on a separate queue. */
    private static void without(String command, Consumer<TestQueue> preparation, Consumer<TestQueue> denied) {
        try (RestrictedQueue restriction = new RestrictedQueue("send-without-" + command)) {
            TestQueue restricted = restriction.queue();
            preparation.accept(restricted);
            restriction.deny(command);
            denied.accept(restricted);
        }
    }
}
