// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.SendOptions;

/** For operators, messages that wait for others of their groups are in a separate place. */
class WaitingMessagesTest extends OrderedMessages {

    private void send(String group, String... ids) {
        send(new SendOptions(0, 0, null, group), ids);
    }

    @Test
    void areCountedAndListedByGroup() {
        send("b", "b1", "b2");
        send("a", "a1", "a2", "a3");

        assertThat(status().ready()).isEqualTo(2);
        assertThat(status().waiting()).isEqualTo(3);
        assertThat(test.operations.inspect("orders", 0).join().counts().waiting())
                .isEqualTo(3);
        assertThat(test.admin.browse("orders", Place.WAITING, null, 10).messages())
                .extracting(MessageSummary::id)
                .containsExactly("a2", "a3", "b2");
        assertThat(test.admin.browse("orders", Place.WAITING, null, 10).messages())
                .extracting(MessageSummary::group)
                .containsExactly("a", "a", "b");
        assertThat(test.admin.browse("orders", Place.WAITING, null, 2).next()).isNotNull();
        assertThat(test.admin.message("orders", "a3").orElseThrow().summary())
                .returns(Place.WAITING, MessageSummary::place)
                .returns("a", MessageSummary::group);
        assertThat(findings()).isEmpty();
    }

    @Test
    void canBeDeleted() {
        send("a", "a1", "a2", "a3", "a4");

        test.admin.deleteMessage("orders", "a3");
        test.admin.deleteMessage("orders", "a1");

        assertThat(consume("orders")).containsExactly("a2", "a4");
        assertThat(findings()).isEmpty();
    }

    @Test
    void cannotBeDeletedWhileAConsumerHoldsThem() {
        send("a", "a1", "a2");
        claim("orders");

        assertThatThrownBy(() -> test.admin.deleteMessage("orders", "a1")).isInstanceOf(QueueAdminException.class);
    }

    @Test
    void arePurgedWithTheReadyOnes() {
        send("a", "a1", "a2", "a3");
        send("b", "b1", "b2");

        Job job = end(test.admin.purge("orders"));

        assertThat(job.total()).isEqualTo(5);
        assertThat(job.changed()).isEqualTo(5);
        assertThat(status().ready() + status().waiting()).isZero();
        assertThat(keys()).allMatch(key -> key.matches(".*(sequence|job:.*)"));
    }

    @Test
    void areMovedInTheirSequence() {
        for (int i = 0; i < 250; i++) {
            send("a", "a" + i);
        }
        send("b", "b1", "b2");

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "others"));

        assertThat(job.changed()).isEqualTo(252);
        List<String> moved = consume("others");
        assertThat(moved).hasSize(252);
        moved.removeIf(id -> id.startsWith("b"));
        for (int i = 0; i < 250; i++) {
            assertThat(moved.get(i)).isEqualTo("a" + i);
        }
        assertThat(test.call("EXISTS", key("heads"), key("attributes"), key("waiting")))
                .isEqualTo(0L);
    }

    @Test
    void deadLettersReturnToTheirPlacesInTheSequence() {
        send("a", "a1", "a2", "a3", "a4", "a5");
        deadLetter("a1", "a2");
        List<Lease> third = claim("orders");

        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(status().waiting()).isEqualTo(4);
        test.operations.acknowledge(third, List.of()).join();
        assertThat(consume("orders")).containsExactly("a1", "a2", "a4", "a5");
        assertThat(findings()).isEmpty();
    }

    @Test
    void deadLettersThatAreRequeuedByIdAreInSequence() {
        send("a", "a1", "a2", "a3");
        deadLetter("a1", "a2", "a3");

        end(test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("a3", "a1", "a2"))));

        assertThat(consume("orders")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void deadLettersKeepTheirGroupInAnotherQueue() {
        send("a", "a1", "a2");
        deadLetter("a1", "a2");

        end(test.admin.move("orders", Place.DEAD, MessageSelection.all(), "others"));

        assertThat(test.admin.queue("others").waiting()).isEqualTo(1);
        assertThat(consume("others")).containsExactly("a1", "a2");
        assertThat(test.call("EXISTS", key("attributes"))).isEqualTo(0L);
    }

    @Test
    void disappearWithTheQueue() {
        send("a", "a1", "a2", "a3");
        deadLetter("a1");
        end(test.admin.deleteQueue("orders"));

        assertThat(keys()).allMatch(key -> key.contains("job:"));
    }

    @Test
    void areDeliveredAfterTheRepairIfTheirHeadIsMissing() {
        send("a", "a1", "a2", "a3");
        test.call("DEL", key("message:a1"), key("ready"), key("attributes"));
        test.call("HSET", key("attributes"), "a2", "0000000000000002 a", "a3", "0000000000000003 a");

        assertThat(findings()).extracting(Finding::kind).containsExactly(Kind.BLOCKED_GROUP, Kind.BLOCKED_GROUP);
        assertThat(test.admin.repair(findings()).repaired()).hasSize(1);
        assertThat(findings()).isEmpty();
        assertThat(consume("orders")).containsExactly("a2", "a3");
    }

    @Test
    void areDeliveredAfterTheRepairIfTheirHeadIsInNoPlace() {
        send("a", "a1", "a2");
        test.call("DEL", key("ready"));

        assertRepaired(Kind.ORPHANED_MESSAGE, "a1");

        assertThat(consume("orders")).containsExactly("a2");
    }

    @Test
    void thatAlsoAreReadyAreDeliveredOnce() {
        send("a", "a1", "a2");
        test.call("LPUSH", key("ready"), "a2");

        assertRepaired(Kind.SEVERAL_PLACES, "a2");

        assertThat(consume("orders")).containsExactly("a1", "a2");
    }

    @Test
    void withoutAMessageAreRemoved() {
        send("a", "a1", "a2", "a3");
        test.call("DEL", key("message:a2"));

        assertRepaired(Kind.MISSING_MESSAGE, "a2");

        assertThat(consume("orders")).containsExactly("a1", "a3");
    }

    @Test
    void groupOfAMessageThatDoesNotExistIsRemoved() {
        send("a", "a1");
        test.call("HSET", key("attributes"), "gone", "0000000000000009 a");

        assertRepaired(Kind.LEFTOVER, "gone");
    }
}
