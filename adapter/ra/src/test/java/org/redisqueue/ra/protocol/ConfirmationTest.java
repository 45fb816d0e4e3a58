// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A call succeeds only when enough replicas, or the disk, have confirmed it. */
class ConfirmationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TestRedis master =
            TestRedis.start("--appendonly", "yes", "--appendfsync", "everysec", "--repl-diskless-sync-delay", "0");
    private final TestRedis replica = TestRedis.start("--replicaof", master.host(), Integer.toString(master.port()));
    private RedisClient client;
    private TestQueue queue;

    @AfterEach
    void stop() {
        if (client != null) {
            client.release();
        }
        master.close();
        replica.close();
    }

    private void connect(int replicas, boolean local) {
        connect(replicas, local, PATIENCE);
    }

    private void connect(int replicas, boolean local, Duration patience) {
        await().until(() -> ((String) master.call("INFO", "replication")).contains("state=online"));
        TestProperties properties = TestProperties.of(master);
        properties.setWaitReplicas(replicas);
        properties.setWaitReplicasTimeout(local ? 1_200 : 200);
        properties.setWaitLocal(Boolean.toString(local));
        client = RedisClient.acquire(properties);
        queue = TestQueue.create(master, TestQueue.operationsOf(client, patience));
    }

    private long calls(String command) {
        Matcher stat = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
                .matcher((String) master.call("INFO", "commandstats"));
        return stat.find() ? Long.parseLong(stat.group(1)) : 0;
    }

    private List<SendRequest> send(String id) {
        return result(queue.operations().send(queue.messages(id)));
    }

    private static RedisCallException failure(CompletableFuture<?> call) {
        return catchThrowableOfType(RedisCallException.class, () -> result(call));
    }

    @Test
    void nothingIsConfirmedByDefault() {
        connect(0, false);

        assertThat(send("m1")).isEmpty();

        assertThat(calls("wait")).isZero();
    }

    @Test
    void callsThatDecideAreConfirmedByAReplica() {
        connect(1, false);
        settleTwo("m1", "m2", "b0"); // Redis learns the scripts
        queue.claim(9);
        long before = calls("wait");

        settleTwo("m3", "m4", "b1");

        assertThat(calls("wait") - before)
                .as("two sends, acknowledge, prepare, commit")
                .isEqualTo(5);
        replica.call("REPLICAOF", "NO", "ONE");
        assertThat(TestQueue.named(queue.name, replica, TestQueue.operationsOn(replica))
                        .ready())
                .containsExactly("sent-by-b1");
    }

    private void settleTwo(String first, String second, String branch) {
        send(first);
        send(second);
        queue.acknowledge(lease(queue.claim(1)));
        queue.prepare(branch, List.of(lease(queue.claim(1))), queue.message("sent-by-" + branch));
        queue.commit(branch);
    }

    @Test
    void callThatNoReplicaConfirmsHasAnUnknownOutcome() {
        try (CapturedLog log = new CapturedLog()) { // on a busy machine, the first call may be unconfirmed for a moment
            connect(1, false);
            send("m1");
            replica.freeze();
            RedisCallException failure = failure(queue.operations().send(queue.messages("m2")));

            assertThat(failure.outcomeUnknown()).isTrue();
            assertThat(failure)
                    .hasMessage("RQ-107 The outcome of 'send' is unknown: 0 of 1 replicas confirmed it within 200 ms"
                            + " (waitReplicas)");
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-208"))
                    .hasSize(1);
            replica.thaw();
            assertThat(failure.<List<SendRequest>>unsettled())
                    .hasValueSatisfying(call -> assertThat(result(call.settle()))
                            .as("confirmed later")
                            .isPresent());
        }
        assertThat(queue.ready()).containsExactly("m1", "m2");
    }

    @Test
    void callIsRepeatedUntilAReplicaConfirmsIt() {
        connect(1, false, Lanes.PATIENCE);
        send("m1");
        replica.freeze();
        long before = calls("wait");
        CompletableFuture<List<SendRequest>> sending = queue.operations().send(queue.messages("m2"));
        await().until(() -> calls("wait") - before >= 3);

        assertThat(sending).isNotDone();
        replica.thaw();

        assertThat(result(sending)).isEmpty();
        assertThat(queue.ready()).containsExactly("m1", "m2");
    }

    @Test
    void callIsConfirmedByReplicasOfTheNodeToWhichItIsRedirected() {
        try (SlotMigration cluster = new SlotMigration();
                TestRedis replicaOfFirst = cluster.addReplica()) {
            TestProperties properties = TestProperties.of(cluster.first());
            properties.setMode("cluster");
            properties.setWaitReplicas(1);
            properties.setWaitReplicasTimeout(200);
            client = RedisClient.acquire(properties);
            queue = TestQueue.named("moving", cluster.first(), TestQueue.operationsOf(client, PATIENCE));
            if (cluster.owner(queue.key("ready")) != cluster.first()) {
                cluster.begin(queue.key("ready")).end();
            }
            send("m1");

            cluster.begin(queue.key("ready")).end(); // to a node without replicas
            RedisCallException failure = failure(queue.operations().send(queue.messages("m2")));

            assertThat(replicaOfFirst.isRunning()).isTrue();
            assertThat(failure).hasMessageContaining("0 of 1 replicas confirmed it");
            assertThat(failure.outcomeUnknown()).isTrue();
        }
    }

    @Test
    void serverThatLosesItsScriptsReceivesThemAgain() {
        connect(1, false);
        for (String id : List.of("m1", "m2", "m3")) {
            send(id);
            master.call("SCRIPT", "FLUSH", "SYNC");
        }

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void refusedCallIsNotRepeated() {
        connect(1, false);
        queue.call("SET", queue.key("ready"), "no list");

        assertThat(failure(queue.operations().send(queue.messages("m1"))).outcomeUnknown())
                .isFalse();
    }

    @Test
    void confirmationThatRedisRefusesLeavesTheOutcomeUnknown() {
        connect(1, false);
        send("m1");
        master.call("ACL", "SETUSER", "default", "-wait");

        RedisCallException failure = failure(queue.operations().send(queue.messages("m2")));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure).hasMessageContaining("it was not confirmed").hasMessageContaining("wait");
        assertThat(queue.ready()).containsExactly("m1", "m2");
    }

    @Test
    void userWithoutTheRightToWaitIsRefused() {
        connect(1, false);
        master.call("ACL", "SETUSER", "default", "-wait");

        assertThatThrownBy(queue.operations()::connect)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("wait");
    }

    @Test
    void missingReplicasAreReported() {
        try (CapturedLog log = new CapturedLog()) {
            connect(2, false);

            queue.operations().connect();

            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("RQ-209") && line.contains("1 connected replica(s)"));
        }
    }

    private boolean hasWaitAof() {
        return !((List<?>) master.call("COMMAND", "INFO", "WAITAOF")).equals(Collections.singletonList(null));
    }

    @Test
    void serverThatCannotWaitForItsDiskIsRefused() {
        assumeThat(hasWaitAof()).isFalse();
        connect(0, true);

        assertThatThrownBy(queue.operations()::connect)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("RQ-141")
                .hasMessageContaining("waitLocal");
    }

    @Test
    void callIsRepeatedUntilItIsOnTheDisk() {
        assumeThat(hasWaitAof()).isTrue();
        connect(1, true, Lanes.PATIENCE);
        send("m1");
        master.call("CONFIG", "SET", "appendfsync", "no");
        long before = calls("waitaof");
        CompletableFuture<List<SendRequest>> sending = queue.operations().send(queue.messages("m2"));
        await().until(() -> calls("waitaof") - before >= 2);

        assertThat(sending).isNotDone();
        master.call("CONFIG", "SET", "appendfsync", "always");

        assertThat(result(sending)).isEmpty();
        assertThat(queue.ready()).containsExactly("m1", "m2");
    }

    @Test
    void serverWithoutAnAppendOnlyFileIsRefused() {
        assumeThat(hasWaitAof()).isTrue();
        connect(0, true);
        master.call("CONFIG", "SET", "appendonly", "no");

        assertThatThrownBy(queue.operations()::connect)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("RQ-140");
    }
}
