// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/**
 * A message that is published to five queues by the listener of a sixth one: whatever is interrupted or refused, either all
 * queues have it and the consumed message is acknowledged, or no queue has it.
 */
class FanOutCrashPointsTest {

    private static final int QUEUES = 5;
    private static final String ID = "published";

    private static RestrictedQueue restricted;

    /** The operations of a process that dies: its requests or replies can be lost. */
    private final RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));

    private final UnreliableOperations dying = new UnreliableOperations(client);
    private final TestQueue source = TestQueue.create();
    private final List<TestQueue> bound =
            Stream.generate(TestQueue::create).limit(QUEUES).toList();
    private final String topic = "topic." + UUID.randomUUID();
    private final String branch = UUID.randomUUID().toString();
    private Lease consumed;

    @BeforeAll
    static void connect() {
        restricted = new RestrictedQueue("fan-out");
    }

    @AfterAll
    static void disconnect() {
        restricted.close();
    }

    @BeforeEach
    void bindAndClaim() {
        bound.forEach(queue -> result(source.operations().topics().bind(topic, queue.name)));
        result(dying.operations().send(TestQueue.create().messages("first"))); // learns the time of Redis
        consumed = source.held("consumed");
    }

    @AfterEach
    void unbind() {
        bound.forEach(queue -> result(source.operations().topics().unbind(topic, queue.name)));
        client.release();
    }

    private List<SendRequest> published() {
        return result(source.operations().topics().queues(topic)).stream()
                .map(source.message(ID)::to)
                .toList();
    }

    private void prepare(QueueOperations operations) {
        assertThat(result(operations.prepare(branch, source.name, List.of(consumed), published()))
                        .done())
                .isTrue();
    }

    /** Asserts that no queue has the message and nothing remains of the branch; the consumed message is held or due. */
    private void assertNone() {
        assertNoQueueHasIt();
        assertThat(source.prepared()).isEmpty();
        assertThat(source.exists("consumed")).isTrue();
        source.letTimePass(consumed);
        assertThat(TestQueue.ids(source.claim(1))).containsExactly("consumed");
    }

    private void assertNoQueueHasIt() {
        bound.forEach(queue -> {
            assertThat(queue.ready()).isEmpty();
            assertThat(queue.exists(ID)).isFalse();
        });
    }

    /** Asserts that each queue has the message once, and that nothing else remains. */
    private void assertAll() {
        assertThat(source.everything()).isEmpty();
        bound.forEach(queue -> {
            assertThat(queue.ready()).containsExactly(ID);
            assertThat(queue.everything()).containsOnlyKeys(queue.key("ready"), queue.key("message:" + ID));
        });
    }

    private static void assertUnanswered(CompletableFuture<?> call) {
        assertThatThrownBy(() -> result(call)).isInstanceOf(RedisCallException.class);
    }

    /** What recovery does for a branch that the transaction manager has not decided to commit. */
    private void recoverUndecided() {
        if (result(source.operations().recover()).homes().containsKey(branch)) {
            result(source.operations().rollback(branch, source.name, true, 0));
        }
    }

    // A process dies

    @Test
    void beforeTheCommit() {
        published();

        recoverUndecided();

        assertNone();
    }

    @Test
    void requestOfTheOnePhaseCommitIsLost() {
        dying.loseRequests();
        assertUnanswered(dying.operations().acknowledge(List.of(consumed), published()));

        assertNone();
    }

    @Test
    void replyToTheOnePhaseCommitIsLost() {
        dying.loseReplies();
        assertUnanswered(dying.operations().acknowledge(List.of(consumed), published()));

        assertAll();
    }

    @Test
    void requestOfThePreparationIsLost() {
        dying.loseRequests();
        assertUnanswered(dying.operations().prepare(branch, source.name, List.of(consumed), published()));

        recoverUndecided();

        assertNone();
    }

    @Test
    void replyToThePreparationIsLost() {
        dying.loseReplies();
        assertUnanswered(dying.operations().prepare(branch, source.name, List.of(consumed), published()));
        assertNoQueueHasIt();

        recoverUndecided();

        assertNone();
    }

    @Test
    void afterThePreparationBeforeTheDecision() {
        prepare(dying.operations());
        assertNoQueueHasIt();

        recoverUndecided();

        assertNone();
    }

    @Test
    void afterTheDecisionBeforeTheCommit() {
        prepare(dying.operations());

        result(source.operations().commit(branch, source.name, true));

        assertThat(source.hash("prepared")).isEmpty();
        source.call("DEL", source.key("ended:" + branch));
        assertAll();
    }

    @Test
    void requestOfTheCommitIsLost() {
        prepare(dying.operations());
        dying.loseRequests();
        assertUnanswered(dying.operations().commit(branch, source.name, false));
        assertNoQueueHasIt();

        result(source.operations().commit(branch, source.name, true));

        source.call("DEL", source.key("ended:" + branch));
        assertAll();
    }

    @Test
    void replyToTheCommitIsLostAndRecoveryCommitsToo() {
        prepare(dying.operations());
        dying.loseReplies();
        assertUnanswered(dying.operations().commit(branch, source.name, false));
        assertAll();

        result(source.operations().commit(branch, source.name, true));

        assertAll();
    }

    @Test
    void bindingsThatChangeAfterPublishingHaveNoEffectOnTheCommit() {
        prepare(dying.operations());
        TestQueue late = TestQueue.create();
        result(source.operations().topics().unbind(topic, bound.get(0).name));
        result(source.operations().topics().bind(topic, late.name));

        result(source.operations().commit(branch, source.name, true));

        source.call("DEL", source.key("ended:" + branch));
        assertAll();
        assertThat(late.everything()).isEmpty();
        result(source.operations().topics().unbind(topic, late.name));
    }

    // Redis refuses a command in the middle of a script, or a queue has keys of the wrong type

    /** The call that a refusal interrupts. */
    private enum Call {
        SEND(Script.SEND, Script.ACKNOWLEDGE),
        ACKNOWLEDGE(Script.ACKNOWLEDGE),
        PREPARE(Script.PREPARE),
        COMMIT(Script.COMMIT),
        ROLLBACK(Script.ROLLBACK);

        private final Script[] scripts;

        Call(Script... scripts) {
            this.scripts = scripts;
        }

        Set<String> commands() {
            Set<String> commands = new TreeSet<>();
            Stream.of(scripts).map(CommandRights::commands).forEach(commands::addAll);
            return commands;
        }
    }

    @TestFactory
    List<DynamicTest> refusedCommands() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Call call : Call.values()) {
            for (String command : call.commands()) {
                tests.add(DynamicTest.dynamicTest(
                        call + " without " + command,
                        () -> new Refusal(restricted.queue().operations())
                                .assertAllOrNone(
                                        call, () -> restricted.deny(command), () -> restricted.allow(command))));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> keysOfTheWrongType() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Call call : List.of(Call.SEND, Call.ACKNOWLEDGE, Call.PREPARE, Call.COMMIT)) {
            for (int number = 0; number < QUEUES; number++) {
                int each = number;
                tests.add(DynamicTest.dynamicTest(call + ", queue " + (number + 1), () -> {
                    Refusal refusal = new Refusal(restricted.queue().operations());
                    TestQueue broken = refusal.queues.get(each);
                    refusal.assertAllOrNone(
                            call,
                            () -> broken.call("SET", broken.key("ready"), "no list"),
                            () -> broken.call("DEL", broken.key("ready")));
                }));
            }
        }
        return tests;
    }

    /** A call on five new queues that Redis refuses at first. */
    private static final class Refusal {

        private final QueueOperations operations;
        private final TestQueue home = TestQueue.create();
        private final List<TestQueue> queues =
                Stream.generate(TestQueue::create).limit(QUEUES).toList();
        private final List<SendRequest> messages =
                queues.stream().map(queue -> queue.message(ID)).toList();
        private final String id = UUID.randomUUID().toString();
        private final Lease held;

        Refusal(QueueOperations operations) {
            this.operations = operations;
            home.send("consumed");
            this.held = lease(home.claim(1));
        }

        void assertAllOrNone(Call call, Runnable harm, Runnable heal) {
            if (call == Call.COMMIT || call == Call.ROLLBACK) {
                result(operations.prepare(id, home.name, List.of(held), messages));
            } else {
                operations.connect();
            }
            boolean done = call(call, harm, heal);
            assertReadyIn(done && call != Call.PREPARE && call != Call.ROLLBACK ? QUEUES : 0);
            assertThat(home.exists("consumed")).isEqualTo(!done || call != Call.ACKNOWLEDGE && call != Call.COMMIT);
            if (!done) {
                result(make(call));
            }
            if (call == Call.PREPARE) {
                assertReadyIn(0);
                result(operations.commit(id, home.name, false));
            }
            assertReadyIn(call == Call.ROLLBACK ? 0 : QUEUES);
            assertThat(home.prepared()).isEmpty();
            queues.forEach(queue -> assertThat(queue.everything().keySet()).noneMatch(key -> key.contains(":staged:")));
        }

        private boolean call(Call call, Runnable harm, Runnable heal) {
            harm.run();
            try {
                result(make(call));
                return true;
            } catch (RedisCallException e) {
                assertThat(e.outcomeUnknown()).isFalse();
                return false;
            } finally {
                heal.run();
            }
        }

        private CompletableFuture<?> make(Call call) {
            return switch (call) {
                case SEND -> operations.send(messages);
                case ACKNOWLEDGE -> operations.acknowledge(List.of(held), messages);
                case PREPARE -> operations.prepare(id, home.name, List.of(held), messages);
                case COMMIT -> operations.commit(id, home.name, false);
                case ROLLBACK -> operations.rollback(id, home.name, false, TestQueue.LEASE);
            };
        }

        private void assertReadyIn(int expected) {
            assertThat(queues.stream().filter(queue -> queue.exists(ID))).hasSize(expected);
            assertThat(queues.stream()
                            .filter(queue ->
                                    !queue.call("TYPE", queue.key("ready")).equals("string")
                                            && queue.ready().contains(ID)))
                    .hasSize(expected);
        }
    }
}
