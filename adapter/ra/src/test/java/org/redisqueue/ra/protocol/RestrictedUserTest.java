// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** An ACL user that has only the rights that the adapter needs. */
class RestrictedUserTest {

    private static final String PASSWORD = "of-the-user";

    /** The commands that the client sends when it connects. */
    static final List<String> CONNECTING = List.of("client|setname", "info", "ping");

    /** The commands that the operations send, and those that their scripts call. */
    static final List<String> OPERATIONS = operations();

    private static List<String> operations() {
        List<String> commands = new ArrayList<>(List.of("evalsha", "script|load"));
        commands.addAll(CommandRights.senderCommands());
        commands.addAll(CommandRights.consumerCommands());
        return commands;
    }

    /** The commands that only undo partly refused writes. */
    private static final List<String> FOR_UNDOING = List.of("pexpire");

    static List<String> needed() {
        return OPERATIONS.stream()
                .filter(command -> !FOR_UNDOING.contains(command))
                .toList();
    }

    private static TestRedis redis;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        redis.call("ACL", "SETUSER", "orders", "on", ">" + PASSWORD, "~rq:*");
        CONNECTING.forEach(command -> redis.call("ACL", "SETUSER", "orders", "+" + command));
        OPERATIONS.forEach(command -> redis.call("ACL", "SETUSER", "orders", "+" + command));
        client = RedisClient.acquire(properties());
        client.redisson(); // later, it would be refused as a whole
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    private static TestProperties properties() {
        TestProperties properties = TestProperties.of(redis);
        properties.setUser("orders");
        properties.setPassword(PASSWORD);
        return properties;
    }

    @Test
    void documentedCommandsSuffice() {
        assertThatCode(this::everyOperation).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("needed")
    void eachCommandIsNeeded(String command) {
        if (command.contains("|")) {
            redis.assumeVersion7();
        }
        redis.call("ACL", "SETUSER", "orders", "-" + command);
        try {
            redis.call("SCRIPT", "FLUSH", "SYNC");
            assertThatThrownBy(this::everyOperation)
                    .isInstanceOf(RedisCallException.class)
                    .hasMessageContaining("was not executed");
        } finally {
            redis.call("ACL", "SETUSER", "orders", "+" + command);
        }
    }

    @Test
    void doesNotConnectWithoutTheRightToSetItsName() {
        redis.assumeVersion7();
        redis.call("ACL", "SETUSER", "orders", "-client|setname");
        TestProperties properties = properties();
        properties.setClientName("unnamed");
        RedisClient refused = RedisClient.acquire(properties);
        try {
            assertThatThrownBy(refused::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("setname");
        } finally {
            redis.call("ACL", "SETUSER", "orders", "+client|setname");
            refused.release();
        }
    }

    @Test
    void worksWithoutChecksIfInfoIsDenied() {
        redis.call("ACL", "SETUSER", "orders", "-info");
        TestProperties properties = properties();
        properties.setClientName("unchecked");
        RedisClient unchecked = RedisClient.acquire(properties);
        try (CapturedLog log = new CapturedLog()) {
            unchecked.redisson();

            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("RQ-203 The version and settings of Redis at " + redis));
            assertThat(log.lines()).noneMatch(line -> line.contains(PASSWORD));
        } finally {
            redis.call("ACL", "SETUSER", "orders", "+info");
            unchecked.release();
        }
    }

    @Test
    void keysOfOthersAreInaccessible() {
        TestProperties properties = properties();
        properties.setKeyPrefix("others");
        RedisClient other = RedisClient.acquire(properties);
        try {
            TestQueue theirs = TestQueue.create(redis, TestQueue.operationsOf(other));
            assertThatThrownBy(() -> theirs.send("m1"))
                    .isInstanceOf(RedisCallException.class)
                    .hasMessageContaining("was not executed");
        } finally {
            other.release();
        }
    }

    @Test
    void wrongPasswordIsNotPrinted() {
        TestProperties properties = properties();
        properties.setPassword("a-wrong-one");
        RedisClient refused = RedisClient.acquire(properties);
        try {
            assertThatThrownBy(refused::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageNotContaining("a-wrong-one");
        } finally {
            refused.release();
        }
    }

    /** Runs all operations, on all paths that call different commands. */
    private void everyOperation() {
        QueueOperations operations = queue.operations();
        result(operations.register(queue.name));
        result(operations.send(List.of(queue.message("m1"), queue.message("m2", 60_000))));
        CompletableFuture<Boolean> waiting = operations.waits().awaitReady(queue.name, Duration.ofSeconds(1));
        result(waiting);
        Lease lease = lease(queue.claim(1));
        queue.renew(lease);
        result(operations.acknowledge(List.of(lease), queue.messages("m3")));
        Lease second = lease(queue.claim(1));
        queue.release(second);
        queue.letTimePass(lease(queue.claim(1)));
        Lease third = lease(queue.claim(1));
        queue.redeliver(third, 0, 9);
        queue.call("DEL", queue.key("message:" + third.id()));
        queue.call("HSET", queue.key("message:odd"), "of", "another type");
        queue.call("SET", queue.key("message:large"), "x".repeat(TestQueue.MAX_BYTES + 1), "PX", 60_000);
        queue.call("LPUSH", queue.key("ready"), "odd", "large");
        queue.expireIn("odd", 60_000);
        queue.claim(10);
        for (String branch : List.of("committed", "rolled-back", "forgotten")) {
            Lease held = queue.held("consumed-by-" + branch);
            queue.prepare(branch, List.of(held), queue.message("sent-by-" + branch));
        }
        result(operations.recover());
        queue.commit("committed");
        queue.rollback("rolled-back", 0);
        queue.forget("forgotten");
        queue.send("expired");
        queue.expireIn("expired", -1_000);
        queue.sendGrouped("a", "expired", "next");
        result(operations.inspect(queue.name, 10));
    }
}
