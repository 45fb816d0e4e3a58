// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.SendOptions;

/** What operators do about dead letters for which their groups wait. */
class BlockedGroupsAdminTest extends OrderedMessages {

    @BeforeEach
    void block() {
        test.admin.changeSetting("orders", "onDeadLetter", "block");
        send(new SendOptions(0, 0, null, "a"), "a1", "a2", "a3");
        deadLetter("a1");
        assertThat(claim("orders")).isEmpty();
        assertThat(findings()).isEmpty();
    }

    @Test
    void requeuedLetterIsDeliveredBeforeItsGroup() {
        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(consume("orders")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void lettersOfAGroupThatAreRequeuedTogetherAreInSequence() {
        test.admin.changeSetting("orders", "onDeadLetter", null);
        test.admin.changeSetting("orders", "onDeadLetter", "block");
        deadLetter("a2"); // a1 is a dead letter for which the group does not wait
        assertThat(claim("orders")).isEmpty();

        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(consume("orders")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void letterThatIsRequeuedIsDeliveredAfterEarlierOnesOfItsGroup() {
        test.admin.changeSetting("orders", "onDeadLetter", null);
        test.admin.changeSetting("orders", "onDeadLetter", "block");
        deadLetter("a2");
        end(test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("a1"))));
        assertThat(claim("orders")).isEmpty();

        end(test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("a2"))));

        assertThat(consume("orders")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void letterThatFailsAgainBlocksAgain() {
        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));
        deadLetter("a1");

        assertThat(claim("orders")).isEmpty();
        assertThat(status().waiting()).isEqualTo(2);
    }

    @Test
    void groupContinuesAfterItsLetterIsDeleted() {
        end(test.admin.deleteDeadLetters("orders", MessageSelection.all()));

        assertThat(consume("orders")).containsExactly("a2", "a3");
    }

    @Test
    void groupContinuesAfterItsLetterIsDeletedById() {
        test.admin.deleteMessage("orders", "a1");

        assertThat(consume("orders")).containsExactly("a2", "a3");
    }

    @Test
    void groupContinuesAfterItsLetterIsMoved() {
        end(test.admin.move("orders", Place.DEAD, MessageSelection.all(), "others"));

        assertThat(consume("orders")).containsExactly("a2", "a3");
        assertThat(consume("others")).containsExactly("a1");
    }

    @Test
    void groupContinuesAfterTheSettingIsRemoved() {
        test.admin.changeSetting("orders", "onDeadLetter", null);

        assertThat(consume("orders")).containsExactly("a2", "a3");
        assertThat(status().dead()).isEqualTo(1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void purgeLeavesTheLetter() {
        end(test.admin.purge("orders"));

        assertThat(status().waiting()).isZero();
        assertThat(status().dead()).isEqualTo(1);
    }

    @Test
    void checkFindsGroupsThatWaitAlthoughAnotherProgramHasChangedTheSetting() {
        test.call("HDEL", key("settings"), "onDeadLetter");

        assertThat(findings()).extracting(Finding::kind).containsExactly(Kind.BLOCKED_GROUP, Kind.BLOCKED_GROUP);
        assertThat(test.admin.repair(findings()).repaired()).hasSize(1);
        assertThat(findings()).isEmpty();
        assertThat(consume("orders")).containsExactly("a2", "a3");
    }

    @Test
    void waitingMessageShowsForWhichMessageItWaits() {
        assertThat(test.admin.message("orders", "a2").orElseThrow().summary().reason())
                .isEqualTo("It waits for the dead letter a1 of its group");
        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));
        assertThat(test.admin.message("orders", "a3").orElseThrow().summary().reason())
                .isEqualTo("It waits for a1 of its group");
        assertThat(List.of(test.admin
                        .message("orders", "a1")
                        .orElseThrow()
                        .summary()
                        .place()))
                .containsExactly(Place.READY);
    }
}
