// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcknowledgeTest {

    private final TestQueue queue = TestQueue.create();
    private final TestQueue other = TestQueue.create();

    @Test
    void deletesTheMessageAndItsId() {
        Lease lease = queue.held("m1");

        assertThat(queue.acknowledge(lease).done()).isTrue();

        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void deletesTheCountsOfTheMessage() {
        queue.redeliver(queue.held("m1"), 0, 9);
        queue.letTimePass("m1 -");
        queue.letTimePass(lease(queue.claim(1)));
        Lease lease = lease(queue.claim(1));
        assertThat(queue.failures()).containsKey("m1");
        assertThat(queue.abandoned()).containsKey("m1");

        queue.acknowledge(lease);

        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void otherMessagesRemain() {
        List<Lease> leases = queue.held("m1", "m2");

        queue.acknowledge(leases.get(0));

        assertThat(queue.processing()).containsOnlyKeys(leases.get(1).member());
        assertThat(queue.exists("m2")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2,1,0", "1,2,0", "1,1,1", "1,0,1"})
    void messagesMustBeListedUnlessEachTransactionConsumedOne(int transactions, int consumed, int sent) {
        List<Lease> held = queue.held("m1", "m2");
        Map<String, Object> before = queue.everything();
        ScriptArguments call = new ScriptArguments();
        call.add(Script.ACKNOWLEDGE.source()).add(6 + consumed + sent);
        Stream.of("lane:none", "processing", "failures", "abandoned", "expiry", "ready")
                .forEach(name -> call.add(queue.key(name)));
        held.subList(0, consumed).forEach(lease -> call.add(queue.key("message:" + lease.id())));
        Stream.of("new").limit(sent).forEach(id -> call.add(queue.key("message:" + id)));
        call.add("")
                .add("0")
                .add(1)
                .add(transactions)
                .add(consumed)
                .add(sent)
                .add(consumed)
                .add(sent);
        held.subList(0, consumed).forEach(lease -> call.add(lease.member()));
        Stream.of("new", "0", "value").limit(3L * sent).forEach(call::add);

        assertThatThrownBy(() -> queue.call(
                        Stream.concat(Stream.of("EVAL"), call.values().stream()).toArray()))
                .hasMessageContaining("not listed");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void publishesMessagesSentInTheTransaction() {
        Lease lease = queue.held("m1");

        AcknowledgmentResult done = result(queue.operations()
                .acknowledge(List.of(lease), List.of(other.message("m2"), other.message("m3", 60_000))));

        assertThat(done.done()).isTrue();
        assertThat(done.duplicates()).isEmpty();
        assertThat(queue.everything()).isEmpty();
        assertThat(other.ready()).containsExactly("m2", "m3");
        assertThat(other.call("PTTL", other.key("message:m3")))
                .as("the message key itself does not expire")
                .isEqualTo(-1L);
        assertThat(Double.valueOf((String) other.call("ZSCORE", other.key("expiry"), "m3")))
                .isBetween(other.now() + 50_000, other.now() + 60_000);
    }

    @Test
    void reportsDuplicateMessages() {
        other.send("m2");
        Lease lease = queue.held("m1");

        AcknowledgmentResult done = result(
                queue.operations().acknowledge(List.of(lease), List.of(other.message("m2"), other.message("m3"))));

        assertThat(done.done()).isTrue();
        assertThat(done.duplicates()).extracting(SendRequest::id).containsExactly("m2");
        assertThat(other.ready()).containsExactly("m2", "m3");
    }

    @Test
    void acknowledgesMessagesFromSeveralQueues() {
        Lease one = queue.held("m1");
        Lease two = other.held("m1");

        assertThat(result(queue.operations().acknowledge(List.of(one, two), List.of()))
                        .done())
                .isTrue();

        assertThat(queue.everything()).isEmpty();
        assertThat(other.everything()).isEmpty();
    }

    @Test
    void sendsWithoutAcknowledging() {
        assertThat(result(queue.operations().acknowledge(List.of(), queue.messages("m1", "m2")))
                        .done())
                .isTrue();

        assertThat(queue.ready()).containsExactly("m1", "m2");
    }

    @Test
    void lostLeaseChangesNothing() {
        Lease slow = queue.held("m1");
        queue.letTimePass(slow);
        Lease owner = lease(queue.claim(1));
        Map<String, Object> before = queue.everything();

        AcknowledgmentResult refused =
                result(queue.operations().acknowledge(List.of(slow), List.of(other.message("m2"))));

        assertThat(refused.done()).isFalse();
        assertThat(refused.lost()).containsExactly(slow);
        assertThat(refused.duplicates()).isEmpty();
        assertThat(queue.everything()).isEqualTo(before);
        assertThat(other.everything()).isEmpty();
        assertThat(queue.acknowledge(owner).done()).isTrue();
    }

    @Test
    void oneLostLeasePreventsAllAcknowledgments() {
        List<Lease> leases = queue.held("m1", "m2");
        queue.letTimePass(leases.get(1));
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.acknowledge(leases.get(0), leases.get(1)).lost()).containsExactly(leases.get(1));

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void endedLeaseRemainsValidUntilAnotherConsumerClaimsTheMessage() {
        Lease lease = queue.held("m1");
        queue.letTimePass(lease);

        assertThat(queue.acknowledge(lease).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void preparedMessageIsNotAcknowledgedInOnePhase() {
        Lease lease = queue.held("m1");
        queue.prepare("branch", List.of(lease));
        Map<String, Object> before = queue.everything();

        assertThat(queue.acknowledge(lease).lost()).containsExactly(lease);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void messageWaitingForItsRedeliveryIsNotAcknowledged() {
        Lease lease = queue.held("m1");
        queue.redeliver(lease, 60_000, 9);
        Map<String, Object> before = queue.everything();

        assertThat(queue.acknowledge(lease).done()).isFalse();

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void repeatedCallHasNoFurtherEffect() {
        Lease lease = queue.held("m1");
        List<SendRequest> sent = List.of(other.message("m2"));
        result(queue.operations().acknowledge(List.of(lease), sent));
        Map<String, Object> before = other.everything();

        AcknowledgmentResult again = result(queue.operations().acknowledge(List.of(lease), sent));

        assertThat(again.lost()).containsExactly(lease);
        assertThat(other.everything()).isEqualTo(before);
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void consumedMessageIsNotPublishedAgain() {
        Lease lease = queue.held("m1");
        List<SendRequest> sent = List.of(other.message("m2"));
        result(queue.operations().acknowledge(List.of(lease), sent));
        other.acknowledge(lease(other.claim(1)));

        result(queue.operations().acknowledge(List.of(lease), sent));

        assertThat(other.everything()).isEmpty();
    }

    @Test
    void messageThatExpiredDuringProcessingIsAcknowledged() {
        Lease lease = queue.held("m1");
        queue.call("DEL", queue.key("message:m1"));

        assertThat(queue.acknowledge(lease).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"processing", "failures", "abandoned", "expiry"})
    void nothingChangesWhenAKeyHasTheWrongType(String suffix) {
        Lease lease = queue.held("m1");
        queue.call("DEL", queue.key(suffix));
        queue.call("SET", queue.key(suffix), "of another type");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> result(queue.operations().acknowledge(List.of(lease), List.of(other.message("m2")))))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("RQ-107 'acknowledge' was not executed");

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(other.everything()).isEmpty();
    }

    @Test
    void nothingChangesWhenTheReadyListOfATargetQueueHasTheWrongType() {
        Lease lease = queue.held("m1");
        TestQueue third = TestQueue.create();
        third.call("SET", third.key("ready"), "not a list");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> result(queue.operations()
                        .acknowledge(List.of(lease), List.of(other.message("m2"), third.message("m3")))))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("WRONGTYPE");

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(other.everything()).isEmpty();
    }

    @Test
    void messageDoesNotInheritTheDeadlineOfADeletedMessageWithTheSameId() {
        other.expireIn("m2", -1);
        other.expireIn("m3", -1);
        Lease lease = queue.held("m1");

        result(queue.operations()
                .acknowledge(List.of(lease), List.of(other.message("m2"), other.message("m3", 60_000))));

        assertThat(other.expiry()).containsOnlyKeys("m3");
        assertThat(ids(other.claim(2))).containsExactly("m2", "m3");
    }

    @Test
    void newMessageWithTheIdOfAMessageDeletedDuringProcessingIsKept() {
        queue.send("m1", "m2");
        queue.expireIn("m1", 60_000);
        List<Lease> leases = leases(queue.claim(2));
        queue.call("DEL", queue.key("message:m1"));

        result(queue.operations().acknowledge(leases, List.of(queue.message("m1", 60_000))));

        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("value of m1");
        assertThat(queue.expiry().get("m1")).isPositive();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdel", "lpush", "mset", "zadd", "zrem"})
    void deniedCommandKeepsTheDeadlinesOfEarlierMessages(String command) {
        try (RestrictedQueue restriction = new RestrictedQueue("acknowledge-without-" + command)) {
            TestQueue restricted = restriction.queue();
            Lease lease = restricted.held("m1");
            for (String id : List.of("m2", "m3", "m4", "m5")) {
                restricted.expireIn(id, -1);
            }
            restricted.send("m4"); // expired, and ready
            restricted.expireIn("m4", -1);
            Map<String, Object> before = restricted.everything();
            restriction.deny(command);

            assertThatThrownBy(() -> result(restricted
                            .operations()
                            .acknowledge(
                                    List.of(lease),
                                    List.of(
                                            restricted.message("m2"),
                                            restricted.message("m3", 60_000),
                                            restricted.message("m4")))))
                    .isInstanceOf(RedisCallException.class);

            assertThat(restricted.everything()).isEqualTo(before);
        }
    }
}
