// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue whose groups wait for their dead letters. */
class BlockedGroupsTest {

    private final TestQueue queue = TestQueue.create();

    private void set(String value) {
        result(queue.operations().settings().change(queue.name, QueueSetting.ON_DEAD_LETTER, value));
    }

    private void unblock() {
        String cursor = SettingsOperations.DONE;
        do {
            cursor = result(queue.operations().settings().unblock(queue.name, cursor));
        } while (!cursor.equals(SettingsOperations.DONE));
    }

    /** How the message a1 becomes a dead letter. */
    private enum Death {
        FAILURES {
            @Override
            void of(TestQueue queue) {
                queue.redeliver(lease(queue.claim(1)), 0, 1);
            }
        },
        LISTENER {
            @Override
            void of(TestQueue queue) {
                queue.deadLetter(lease(queue.claim(1)));
            }
        },
        ABANDONED {
            @Override
            void of(TestQueue queue) {
                queue.call("HSET", queue.key("abandoned"), "a1", "1000");
                queue.claim(1);
            }
        },
        TOO_LARGE {
            @Override
            void of(TestQueue queue) {
                queue.call("SETRANGE", queue.key("message:a1"), 2_000_000, "x");
                queue.claim(1);
            }
        },
        FORGOTTEN {
            @Override
            void of(TestQueue queue) {
                queue.prepare("branch", List.of(lease(queue.claim(1))));
                queue.forget("branch");
            }
        };

        abstract void of(TestQueue queue);
    }

    @ParameterizedTest
    @EnumSource
    void nextMessageOfAGroupIsNotDeliveredAfterADeadLetter(Death death) {
        set("block");
        queue.sendGrouped("a", "a1", "a2");
        queue.sendGrouped("b", "b1");

        death.of(queue);

        assertThat(queue.dead()).containsExactly("a1");
        queue.sendGrouped("a", "a3");
        assertThat(ids(queue.claim(10))).containsExactly("b1");
        assertThat(queue.waiting()).containsExactly("a2", "a3");
        assertThat(queue.heads()).containsEntry("a", "a1");
    }

    @ParameterizedTest
    @EnumSource
    void nextMessageOfAGroupIsDeliveredIfTheQueueDoesNotBlock(Death death) {
        set("continue");
        queue.sendGrouped("a", "a1", "a2");

        death.of(queue);

        assertThat(queue.dead()).containsExactly("a1");
        assertThat(ids(queue.claim(10))).containsExactly("a2");
    }

    @Test
    void expiredMessageDoesNotBlockItsGroup() {
        set("block");
        queue.sendGrouped("a", "a1", "a2");
        queue.expireIn("a1", -1_000);

        assertThat(queue.claim(1, 1_000_000, OnExpiry.DEAD_LETTER).deadLettered())
                .containsOnlyKeys("a1");

        assertThat(ids(queue.claim(1))).containsExactly("a2");
    }

    @Test
    void messageThatExpiresDuringItsLastDeliveryDoesNotBlockItsGroup() {
        set("block");
        queue.sendGrouped("a", "a1", "a2");
        Lease first = lease(queue.claim(1));
        queue.call("ZADD", queue.key("expiry"), "-1000", "a1");

        queue.redeliver(first, 0, 1);

        assertThat(queue.dead()).containsExactly("a1");
        assertThat(ids(queue.claim(1))).containsExactly("a2");
    }

    @Test
    void newMessageLetsAGroupContinueIfAnotherProgramHasChangedTheSetting() {
        set("block");
        queue.sendGrouped("a", "a1", "a2");
        queue.deadLetter(lease(queue.claim(1)));
        queue.call("HSET", queue.key("settings"), "onDeadLetter", "continue");

        queue.sendGrouped("a", "a3");

        assertThat(ids(queue.claim(1))).containsExactly("a2");
    }

    @Test
    void letterWithoutAMessageDoesNotBlockItsGroup() {
        set("block");
        queue.sendGrouped("a", "a1", "a2");
        Lease first = lease(queue.claim(1));
        queue.call("DEL", queue.key("message:a1"));

        queue.deadLetter(first);

        assertThat(ids(queue.claim(1))).containsExactly("a2");
    }

    @Test
    void invalidSettingBlocks() {
        queue.call("HSET", queue.key("settings"), "onDeadLetter", "stop");
        queue.sendGrouped("a", "a1", "a2");

        queue.deadLetter(lease(queue.claim(1)));

        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void messagesWithoutAGroupAreNotConcerned() {
        set("block");
        queue.send("m1", "m2");

        queue.deadLetter(lease(queue.claim(1)));

        assertThat(ids(queue.claim(1))).containsExactly("m2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"continue", ""})
    void groupsContinueAfterTheSettingHasChanged(String value) {
        set("block");
        List<String> expected = new ArrayList<>();
        Set<String> groups = new HashSet<>();
        for (int i = 0; i < 700; i++) {
            queue.sendGrouped("g" + i, "a" + i, "b" + i);
            queue.deadLetter(lease(queue.claim(1)));
            expected.add("b" + i);
            groups.add("g" + i);
        }
        queue.sendGrouped("alone", "a");
        queue.deadLetter(lease(queue.claim(1)));
        queue.sendGrouped("held", "h1", "h2");
        Lease held = lease(queue.claim(1));
        unblock();
        assertThat(queue.ready()).as("still blocked").isEmpty();

        set(value);
        unblock();

        assertThat(queue.ready()).containsExactlyInAnyOrderElementsOf(expected);
        groups.add("held");
        assertThat(queue.heads().keySet()).isEqualTo(groups);
        assertThat(queue.waiting()).containsExactly("h2");
        assertThat(queue.dead()).hasSize(701);
        queue.acknowledge(held);
        assertThat(ids(queue.claim(1_000))).hasSize(701);
    }

    @Test
    void messagesWithAPriorityWakeAConsumerWhenTheirGroupContinues() {
        set("block");
        SendOptions urgent = new SendOptions(0, 0, null, "a", 5);
        byte[] value = {'x'};
        result(queue.operations()
                .send(List.of(
                        new SendRequest(queue.name, "a1", value, 0, urgent),
                        new SendRequest(queue.name, "a2", value, 0, urgent))));
        queue.deadLetter(lease(queue.claim(1)));
        queue.call("DEL", queue.key("ready"));
        set("continue");

        unblock();

        assertThat(queue.prioritized()).containsExactly("a2");
        assertThat(queue.call("LRANGE", queue.key("ready"), 0, -1)).isEqualTo(List.of(""));
    }

    @Test
    void queueWithThisSettingTakesTheUsualCaseOfAClaim() {
        set("block");
        queue.send("m1");
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.claim(1).limits()).isEqualTo(ClaimLimits.NONE);

        assertThat(queue.everything()).isEqualTo(before);
    }
}
