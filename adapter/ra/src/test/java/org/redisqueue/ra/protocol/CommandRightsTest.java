// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.protocol.CommandRights.Denial;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Which commands the Redis user needs, and how a missing one is reported. */
class CommandRightsTest {

    private static final Pattern WORD = Pattern.compile("['\"]([A-Za-z]{3,})['\"]");
    private static final String PASSWORD = "of-the-user";

    private static TestRedis redis;

    private final String user = "user-" + UUID.randomUUID();
    private final List<RedisClient> clients = new ArrayList<>();

    @BeforeAll
    static void startRedis() {
        redis = TestRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void allowAll() {
        allow("~rq:*", "resetchannels", "+ping", "+info", "+client|setname", "+script|load", "+evalsha");
        redis.call("ACL", "SETUSER", user, "on", ">" + PASSWORD);
        CommandRights.senderCommands().forEach(command -> allow("+" + command));
        CommandRights.consumerCommands().forEach(command -> allow("+" + command));
    }

    @AfterEach
    void release() {
        clients.forEach(RedisClient::release);
        redis.call("ACL", "DELUSER", user);
    }

    private void allow(String... rules) {
        for (String rule : rules) {
            redis.call("ACL", "SETUSER", user, rule);
        }
    }

    private QueueOperations operations() {
        TestProperties properties = TestProperties.of(redis);
        properties.setUser(user);
        properties.setPassword(PASSWORD);
        RedisClient client = RedisClient.acquire(properties);
        clients.add(client);
        return TestQueue.operationsOf(client);
    }

    @Test
    void eachCommandOfTheScriptsIsChecked() {
        redis.assumeVersion7(); // it cannot list the commands
        Set<String> known = new TreeSet<>(TestQueue.texts(redis.call("COMMAND", "LIST")));
        Set<String> called = new TreeSet<>(Set.of("blmove"));
        for (Script script : Script.values()) {
            WORD.matcher(script.source())
                    .results()
                    .map(word -> word.group(1))
                    .filter(word -> word.equals(word.toUpperCase(Locale.ROOT)))
                    .map(word -> word.toLowerCase(Locale.ROOT))
                    .filter(known::contains)
                    .forEach(called::add);
        }
        Set<String> checked = new TreeSet<>(CommandRights.senderCommands());
        checked.addAll(CommandRights.consumerCommands());
        checked.addAll(CommandRights.operatorCommands());

        assertThat(called).hasSizeGreaterThan(20);
        assertThat(checked).containsAll(called);
        assertThat(called).allMatch(command -> command.equals("blmove") || HarmlessCalls.knows(command));
    }

    @Test
    void allRightsSuffice() {
        QueueOperations operations = operations();

        assertThatCode(operations::connect).doesNotThrowAnyException();
        assertThatCode(operations::requireConsumerRights).doesNotThrowAnyException();
    }

    static Set<String> senderCommands() {
        return CommandRights.senderCommands();
    }

    @ParameterizedTest
    @MethodSource("senderCommands")
    void doesNotConnectWithoutACommandForSending(String command) {
        allow("-" + command);
        QueueOperations operations = operations();

        assertThatThrownBy(operations::connect)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessage("RQ-130 Redis at " + redis + " does not allow user '" + user
                        + "' to run commands that sending requires: " + command + ". Grant them to the user.");

        allow("+" + command);
        assertThatCode(operations::connect).doesNotThrowAnyException();
    }

    static Set<String> consumerCommands() {
        return CommandRights.consumerCommands();
    }

    @ParameterizedTest
    @MethodSource("consumerCommands")
    void sendsButDoesNotConsumeWithoutACommandForConsuming(String command) {
        allow("-" + command);
        QueueOperations operations = operations();
        operations.connect();
        TestQueue queue = TestQueue.create(redis, operations);
        assertThat(queue.send("m1")).isEmpty();

        assertThatThrownBy(operations::requireConsumerRights)
                .isInstanceOf(RedisCallException.class)
                .hasMessage("RQ-107 'consume' was not executed: RQ-131 Redis at " + redis + " does not allow user '"
                        + user + "' to run commands that consuming requires: " + command);

        allow("+" + command);
        assertThatCode(operations::requireConsumerRights).doesNotThrowAnyException();
    }

    @Test
    void allMissingCommandsAreNamed() {
        allow("-hget", "-lpush");
        assertThatThrownBy(operations()::connect)
                .hasMessageContaining(" to run commands that sending requires: hget, lpush. ");
    }

    @ParameterizedTest
    @CsvSource({"-evalsha,evalsha", "-script|load,script|load"})
    void commandsForRunningScriptsAreRequired(String rule, String command) {
        if (command.contains("|")) {
            redis.assumeVersion7();
        }
        allow(rule);
        redis.call("SCRIPT", "FLUSH", "SYNC");
        assertThatThrownBy(operations()::connect)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining(" to run commands that sending requires: " + command + ".");
    }

    @Test
    void producerSendsInEachKindOfTransactionAndRecovers() {
        CommandRights.consumerCommands().forEach(command -> allow("-" + command));
        QueueOperations operations = operations();
        TestQueue queue = TestQueue.create(redis, operations);
        operations.connect();

        queue.send("m1");
        assertThat(result(operations.send(List.of(queue.message("m2", 60_000)))))
                .isEmpty();
        result(operations.acknowledge(List.of(), queue.messages("m3")));
        for (String branch : List.of("committed", "rolled-back")) {
            queue.prepare(branch, List.of(), queue.message("sent-by-" + branch));
        }
        result(operations.recover());
        queue.commit("committed");
        queue.rollback("rolled-back", 0);

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3", "sent-by-committed");
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void userWithAccessToSomeQueuesIsAccepted() {
        allow("resetkeys", "~rq:{orders}:*", "~rq:queues");

        assertThatCode(() -> operations().connect()).doesNotThrowAnyException();
        assertThatCode(() -> operations().requireConsumerRights()).doesNotThrowAnyException();
    }

    @Test
    void checkLeavesOnlyAnExpiringKeyBehind() {
        redis.call("FLUSHALL");
        QueueOperations operations = operations();
        operations.connect();
        assertThat(TestQueue.texts(redis.call("KEYS", "*"))).isSubsetOf("rq:version");

        operations.requireConsumerRights();
        assertThat(TestQueue.texts(redis.call("KEYS", "rq:{*"))).containsExactly("rq:{rights}:probe");
        assertThat((Long) redis.call("PTTL", "rq:{rights}:probe")).isBetween(0L, 5_000L);
    }

    @Test
    void fullServerIsAccepted() {
        try (TestRedis full = TestRedis.start("--maxmemory", "1")) {
            RedisClient client = RedisClient.acquire(TestProperties.of(full));
            QueueOperations operations = TestQueue.operationsOf(client);
            operations.connect();
            operations.requireConsumerRights();

            assertThat(full.call("DBSIZE")).isEqualTo(0L);
            client.release();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NOPERM this user has no permissions to run the 'evalsha' command or its subcommand | COMMAND",
                "NOPERM this user has no permissions to run the 'evalsha' command | COMMAND",
                "NOPERM User shop has no permissions to run the 'blmove' command | COMMAND",
                "The user executing the script can't run this command or subcommand | COMMAND",
                "ERR The user executing the script can't run this command or subcommand script: 1 | COMMAND",
                "ERR ACL failure in script: User shop has no permissions to run the 'zadd' command | COMMAND",
                "NOPERM this user has no permissions to access one of the keys used as arguments | KEY",
                "NOPERM No permissions to access a key | KEY",
                "NOPERM User shop has no permissions to access the 'rq:x' key | KEY",
                "The user executing the script can't access at least one of the keys mentioned in the command | KEY",
                "ERR ACL failure in script: No permissions to access a key | KEY",
                "WRONGTYPE Operation against a key holding the wrong kind of value | NONE",
                "OOM command not allowed when used memory > 'maxmemory'. | NONE",
                "READONLY You can't write against a read only replica. | NONE",
                "ERR no such key | NONE",
                "'' | NONE"
            })
    void errorTextsOfAllServersAreRecognized(String error, Denial denial) {
        assertThat(Denial.of(error)).isEqualTo(denial);
    }
}
