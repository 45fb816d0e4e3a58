// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages with a higher priority are delivered first. */
class PriorityTest {

    private final TestQueue queue = TestQueue.create();

    private SendRequest message(String id, int priority, @Nullable String group, long delayMillis) {
        byte[] value = ("value of " + id).getBytes(StandardCharsets.UTF_8);
        return new SendRequest(queue.name, id, value, 0, new SendOptions(delayMillis, 0, null, group, priority));
    }

    private void send(String id, int priority) {
        assertThat(result(queue.operations().send(List.of(message(id, priority, null, 0)))))
                .isEmpty();
    }

    /** Claims and acknowledges until nothing is left; returns the ids in this order. */
    private List<String> consumeAll(int limit) {
        List<String> consumed = new ArrayList<>();
        ClaimResult claim;
        do {
            claim = queue.claim(limit);
            consumed.addAll(ids(claim));
            queue.acknowledge(leases(claim).toArray(Lease[]::new));
        } while (claim.more() || !claim.messages().isEmpty());
        assertThat(queue.hash("attributes")).isEmpty();
        assertThat(queue.heads()).isEmpty();
        return consumed;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void decidesTheOrderOfDelivery(int limit) {
        send("low", -1);
        queue.send("m1", "m2");
        send("high1", 1);
        send("highest", 10);
        send("high2", 1);
        send("lowest", -10);
        queue.send("m3");

        assertThat(consumeAll(limit)).containsExactly("highest", "high1", "high2", "m1", "m2", "m3", "low", "lowest");
    }

    @Test
    void doesNotDelayMessagesThatAreDue() {
        queue.send("m1");
        queue.redeliver(lease(queue.claim(1)), 0, 9);
        for (int i = 0; i < 10; i++) {
            send("high" + i, 1);
        }

        assertThat(ids(queue.claim(2))).contains("m1").hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 5})
    void endsAWait(int priority) {
        CompletableFuture<Boolean> wait = queue.operations().waits().awaitReady(queue.name, Duration.ofSeconds(15));

        send("m1", priority);

        assertThat(result(wait)).isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void claimThatLeavesSomeWakesAnotherConsumer() {
        send("m1", 5);
        send("m2", 5);
        queue.call("DEL", queue.key("ready"));

        ClaimResult claim = queue.claim(1);

        assertThat(claim.more()).isTrue();
        assertThat(queue.list("ready")).containsExactly("");
    }

    @Test
    void staysWithAMessageThatIsReleased() {
        send("low", -5);
        send("high1", 5);
        queue.send("m1");
        Lease[] claimed = leases(queue.claim(3)).toArray(Lease[]::new);
        send("high2", 5);
        send("highest", 6);
        queue.send("m2");

        queue.release(claimed);

        assertThat(consumeAll(10)).containsExactly("highest", "high1", "high2", "m1", "m2", "low");
    }

    @Test
    void releaseOfAMessageWakesAConsumer() {
        send("high", 5);
        Lease lease = lease(queue.claim(1));
        queue.call("DEL", queue.key("ready"), queue.key("arrived"));

        queue.release(lease);

        assertThat(queue.list("ready")).containsExactly("");
    }

    @Test
    void staysWithADeadLetter() {
        send("high", 5);
        queue.send("m1");
        queue.deadLetter(lease(queue.claim(1)));

        assertThat(queue.dead()).containsExactly("high");
        assertThat(queue.hash("attributes")).containsOnlyKeys("high");
    }

    @Test
    void endsWhenTheMessageExpires() {
        send("high", 5);
        send("low", -5);
        queue.expireIn("high", -1);
        queue.expireIn("low", -1);

        ClaimResult claim = queue.claim(5);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.expired()).isEqualTo(2);
        assertThat(queue.call("EXISTS", queue.key("prioritized"), queue.key("attributes")))
                .isEqualTo(0L);
    }

    @Test
    void doesNotKeepAMessageThatCannotBeRead() {
        send("high", 5);
        queue.call("DEL", queue.key("message:high"));
        queue.call("HSET", queue.key("message:high"), "of", "another type");
        queue.send("m1");

        ClaimResult claim = queue.claim(5);

        assertThat(ids(claim)).containsExactly("m1");
        assertThat(claim.deadLettered()).containsOnlyKeys("high");
    }

    @Test
    void nextMessageOfAGroupWakesAConsumer() {
        result(queue.operations().send(List.of(message("a1", 0, "a", 0), message("a2", 5, "a", 0))));
        Lease first = lease(queue.claim(5));
        assertThat(queue.list("ready")).isEmpty();

        queue.acknowledge(first);

        assertThat(queue.list("ready")).containsExactly("");
        assertThat(ids(queue.claim(5))).containsExactly("a2");
    }

    @Test
    void resumedQueueWakesAConsumer() {
        send("high", 5);
        result(queue.operations().admin().overview().pause(queue.name, 0));
        queue.call("DEL", queue.key("ready"));

        result(queue.operations().admin().overview().resume(queue.name));

        assertThat(queue.list("ready")).containsExactly("");
    }

    @Test
    void aConsumerIsWokenWhenTheOnlyOtherMessageIsReplaced() {
        queue.send("m1");
        send("high", 5);
        queue.expireIn("m1", -1);

        result(queue.operations().send(List.of(message("m1", 0, null, 60_000))));

        assertThat(queue.list("ready")).containsExactly("");
    }

    @Test
    void wakeUpsDoNotHideMessagesWithAHigherPriority() {
        queue.send("m1");
        send("low", -10);
        queue.call("RPUSH", queue.key("ready"), "", "", "");

        assertThat(consumeAll(1)).containsExactly("m1", "low");
    }

    @Test
    void doesNotChangeTheOrderWithinAGroup() {
        result(queue.operations()
                .send(List.of(message("a1", -1, "a", 0), message("a2", 9, "a", 0), message("b1", 3, "b", 0))));
        queue.send("m1");

        assertThat(consumeAll(1)).containsExactly("b1", "m1", "a1", "a2");
    }

    @Test
    void appliesToAScheduledMessageWhenItIsDue() {
        queue.send("m1", "m2");
        result(queue.operations().send(List.of(message("urgent", 5, null, 60_000))));
        assertThat(queue.hash("attributes")).containsEntry("urgent", "- 0000000000000001  5");
        queue.letTimeCome("urgent");

        assertThat(ids(queue.claim(1))).containsExactly("m1"); // publishes the other one
        assertThat(ids(queue.claim(2))).containsExactly("urgent", "m2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isPartOfATransaction(boolean twoPhases) {
        SendRequest sent = message("high", 5, null, 0);
        Lease held = queue.held("m0");
        queue.send("m1");
        if (twoPhases) {
            queue.prepare("branch", List.of(), sent);
            assertThat(ids(queue.claim(1))).as("before the commit").containsExactly("m1");
            queue.send("m1b");
            queue.commit("branch");
        } else {
            result(queue.operations().acknowledge(List.of(held), List.of(sent)));
        }

        assertThat(ids(queue.claim(2))).containsExactly("high", twoPhases ? "m1b" : "m1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-11, 11})
    void isRefusedIfItIsOutOfRange(int priority) {
        assertThatThrownBy(() -> send("m1", priority)).hasMessageContaining("an option is out of range");

        assertThat(queue.everything()).isEmpty();
    }
}
