// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class ClusterTest {

    private static TestRedis redis;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

    @BeforeAll
    static void start() {
        redis = TestRedis.startCluster();
        TestProperties properties = TestProperties.of(redis);
        properties.setMode("cluster");
        client = RedisClient.acquire(properties);
        client.redisson();
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    @Test
    void messagesAreSentClaimedRenewedAndAcknowledged() {
        queue.send("m1", "m2");
        Lease lease = lease(queue.claim(1));

        assertThat(queue.renew(lease)).isEmpty();
        assertThat(result(queue.operations().acknowledge(List.of(lease), queue.messages("m3")))
                        .done())
                .isTrue();

        assertThat(result(queue.operations().waits().awaitReady(queue.name, Duration.ofSeconds(5))))
                .isTrue();
        assertThat(ids(queue.claim(2))).containsExactly("m2", "m3");
    }

    @Test
    void userWithTheDocumentedCommandsConsumesAndSends() {
        List<String> rights = new ArrayList<>(List.of(
                "ACL",
                "SETUSER",
                "shop",
                "on",
                ">of-the-shop",
                "~rq:*",
                "resetchannels",
                "+ping",
                "+info",
                "+client|setname"));
        rights.addAll(List.of("+evalsha", "+eval", "+cluster|nodes"));
        CommandRights.senderCommands().forEach(command -> rights.add("+" + command));
        CommandRights.consumerCommands().forEach(command -> rights.add("+" + command));
        redis.call(rights.toArray());
        redis.call("SCRIPT", "FLUSH", "SYNC");
        TestProperties properties = TestProperties.of(redis);
        properties.setMode("cluster");
        properties.setUser("shop");
        properties.setPassword("of-the-shop");
        RedisClient restricted = RedisClient.acquire(properties);
        try {
            TestQueue own = TestQueue.create(redis, TestQueue.operationsOf(restricted));
            own.operations().requireConsumerRights();
            own.send("m1");
            assertThat(own.acknowledge(lease(own.claim(1))).done()).isTrue();
        } finally {
            restricted.release();
        }
    }

    @Test
    void preparationWhoseRepliesAreLostIsSettled() {
        UnreliableOperations unreliable = new UnreliableOperations(client);
        result(unreliable.operations().send(queue.messages("m1")));
        Lease lease = lease(queue.claim(1));
        unreliable.loseReplies();
        RedisCallException failure = catchThrowableOfType(
                RedisCallException.class,
                () -> result(unreliable.operations().prepare("branch", queue.name, List.of(lease), List.of())));
        unreliable.heal();

        assertThat(failure.<PreparationResult>unsettled())
                .hasValueSatisfying(call -> assertThat(result(call.settle()))
                        .hasValueSatisfying(
                                prepared -> assertThat(prepared.done()).isTrue()));
    }

    @Test
    void messagesAreRedeliveredReleasedAndInspected() {
        List<Lease> leases = queue.held("m1", "m2");

        assertThat(queue.deadLetter(leases.get(0))).isEqualTo(RedeliveryResult.DEAD);
        assertThat(queue.release(leases.get(1))).isEqualTo(1);

        InspectionResult found = result(queue.operations().inspect(queue.name, 1));
        assertThat(found.counts().ready()).isEqualTo(1);
        assertThat(found.counts().dead()).isEqualTo(1);
    }

    @Test
    void branchIsPreparedListedAndCommitted() {
        Lease lease = queue.held("m1");

        assertThat(queue.prepare("b1", List.of(lease), queue.message("m2"))).isEmpty();
        assertThat(result(queue.operations().recover()).homes()).contains(entry("b1", Set.of(queue.name)));
        assertThat(queue.commit("b1")).isTrue();

        assertThat(queue.ready()).containsExactly("m2");
        assertThat(queue.processing()).isEmpty();
    }

    @Test
    void unreadableQueueDoesNotAffectOthers() {
        TestQueue broken = TestQueue.create(redis, queue.operations());
        result(broken.operations().register(broken.name));
        redis.call("SET", broken.key("prepared"), "no hash");
        queue.prepare("b4", List.of(), queue.message("m1"));

        BranchListingResult found = result(queue.operations().recover());

        assertThat(found.homes()).contains(entry("b4", Set.of(queue.name)));
        assertThat(found.unreadable()).containsOnlyKeys(broken.name);
        assertThat(found.unused()).isEmpty();
        redis.call("DEL", broken.key("prepared"));
        queue.rollback("b4", 0);
    }

    @Test
    void branchIsPreparedThenRolledBackOrForgotten() {
        queue.prepare("b2", List.of(queue.held("m1")), queue.message("m2"));
        assertThat(queue.rollback("b2", 0)).isTrue();
        Lease lease = lease(queue.claim(1));

        queue.prepare("b3", List.of(lease));
        assertThat(queue.forget("b3")).isTrue();

        assertThat(queue.dead()).containsExactly("m1");
    }

    @Test
    void transactionCannotConsumeFromSeveralSlots() {
        TestQueue other = TestQueue.create(redis, queue.operations());

        assertThat(queue.operations().canShareScript(queue.name, queue.name)).isTrue();
        assertThat(queue.operations().canShareScript(queue.name, other.name)).isFalse();
        List<Lease> consumed = List.of(queue.held("m1"), other.held("m2"));
        assertThatThrownBy(() -> result(queue.operations().acknowledge(consumed, List.of())))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("CROSSSLOT");
    }

    // Queues whose names begin with the same hash tag

    private final String tag = "{" + UUID.randomUUID() + "}";
    private final TestQueue orders = TestQueue.named(tag + ".orders", redis, queue.operations());
    private final TestQueue bills = TestQueue.named(tag + ":bills", redis, queue.operations());

    private static void assertNothingForwarded(TestQueue home) {
        assertThat(TestQueue.named(OutboxName.of(home.name), redis, home.operations())
                        .everything())
                .isEmpty();
    }

    @Test
    void transactionUsesQueuesWithTheSameHashTag() {
        List<Lease> consumed = List.of(orders.held("m1"), bills.held("m2"));

        assertThat(result(queue.operations().acknowledge(consumed, List.of(orders.message("m3"), bills.message("m4"))))
                        .done())
                .isTrue();

        assertThat(orders.ready()).containsExactly("m3");
        assertThat(bills.ready()).containsExactly("m4");
        assertThat(orders.processing()).isEmpty();
        assertThat(bills.processing()).isEmpty();
        assertNothingForwarded(orders);
    }

    @Test
    void branchUsesQueuesWithTheSameHashTag() {
        List<Lease> consumed = List.of(orders.held("m1"), bills.held("m2"));
        SendRequest keyed = new SendRequest(
                bills.name, "m4", new byte[1], 0, new SendOptions(0, 0, new Deduplication("key", 60_000, true), null));

        assertThat(orders.prepare("tagged", consumed, orders.message("m3"), keyed))
                .isEmpty();
        assertThat(result(queue.operations().acknowledge(List.of(), List.of(keyed)))
                        .refused())
                .as("the branch reserves the key")
                .hasSize(1);
        assertThat(orders.commit("tagged")).isTrue();

        assertThat(orders.ready()).containsExactly("m3");
        assertThat(bills.exists("m4")).isTrue();
        assertThat(orders.processing()).isEmpty();
        assertThat(bills.processing()).isEmpty();
        assertNothingForwarded(orders);
    }

    @Test
    void branchOfQueuesWithTheSameHashTagRollsBackOrIsForgotten() {
        orders.prepare("tagged-2", List.of(orders.held("m1"), bills.held("m2")), bills.message("m3"));
        assertThat(orders.rollback("tagged-2", 0)).isTrue();
        List<Lease> again = List.of(lease(orders.claim(1)), lease(bills.claim(1)));

        orders.prepare("tagged-3", again, bills.message("m3"));
        assertThat(orders.forget("tagged-3")).isTrue();

        assertThat(orders.dead()).containsExactly("m1");
        assertThat(bills.dead()).containsExactlyInAnyOrder("m2", "m3");
    }

    @Test
    void transactionThatUsesAHashTagSendsToOtherSlots() {
        orders.prepare("tagged-4", List.of(orders.held("m1")), bills.message("m2"), queue.message("m3"));

        assertThat(orders.commit("tagged-4")).isTrue();

        assertThat(bills.ready()).containsExactly("m2");
        assertThat(queue.ready()).containsExactly("m3");
    }

    @Test
    void recordThatNamesAQueueInAnotherSlotIsMalformed() {
        orders.call(
                "HSET",
                orders.key("prepared"),
                "forged",
                "{\"time\":1,\"consumed\":[[\"" + orders.name + "\",\"m1\",\"t\"],[\"" + queue.name
                        + "\",\"m2\",\"t\"]],\"sent\":[]}");

        assertThatThrownBy(() -> orders.commit("forged")).hasMessageContaining("belongs to a queue in another slot");

        orders.call("DEL", orders.key("prepared"));
    }
}
