// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.JobOperations;
import org.redisqueue.ra.protocol.JobOperations.JobKey;
import org.redisqueue.ra.protocol.SendOptions;

/** For operators, messages with a priority are ready like others, in the order of delivery. */
class PrioritizedMessagesTest extends OrderedMessages {

    private void send(int priority, String... ids) {
        send(new SendOptions(0, 0, null, null, priority), ids);
    }

    private long ranked() {
        return (Long) test.call("ZCARD", key("prioritized"));
    }

    @Test
    void areCountedAndListedInTheOrderOfDelivery() {
        send(0, "m1", "m2");
        send(-2, "low");
        send(3, "high1", "high2");

        assertThat(status().ready()).isEqualTo(5);
        assertThat(test.operations.inspect("orders", 0).join().counts().ready()).isEqualTo(5);
        assertThat(browse(10)).containsExactly("high1", "high2", "m1", "m2", "low");
        assertThat(test.admin.message("orders", "low").orElseThrow().summary().place())
                .isEqualTo(Place.READY);
        assertThat(test.admin.browse("orders", Place.READY, null, 10).messages())
                .extracting(MessageSummary::priority)
                .containsExactly(3, 3, 0, 0, -2);
        assertThat(findings()).isEmpty();
        assertThat(consume("orders")).containsExactly("high1", "high2", "m1", "m2", "low");
    }

    /** Lists all ready messages, in pages of this size. */
    private List<String> browse(int size) {
        List<String> ids = new ArrayList<>();
        MessagePage page = test.admin.browse("orders", Place.READY, null, size);
        page.messages().forEach(message -> ids.add(message.id()));
        while (page.next() != null) {
            page = test.admin.browse("orders", Place.READY, page.next(), size);
            page.messages().forEach(message -> ids.add(message.id()));
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void areListedInPages(int size) {
        send(0, "m1", "m2", "m3");
        send(-2, "low1", "low2");
        send(3, "high1", "high2", "high3");

        assertThat(browse(size)).containsExactly("high1", "high2", "high3", "m1", "m2", "m3", "low1", "low2");
    }

    @Test
    void canBeDeleted() {
        send(3, "high1", "high2");
        send(-3, "low");

        test.admin.deleteMessage("orders", "high1");
        test.admin.deleteMessage("orders", "low");

        assertThat(consume("orders")).containsExactly("high2");
        assertThat(keys()).allMatch(key -> key.endsWith(":sequence"));
    }

    @Test
    void arePurgedWithTheOthers() {
        send(3, "high1", "high2");
        send(0, "m1", "m2");
        send(-3, "low");

        Job job = end(test.admin.purge("orders"));

        assertThat(job.total()).isEqualTo(5);
        assertThat(job.changed()).isEqualTo(5);
        assertThat(keys()).allMatch(key -> key.matches(".*(sequence|job:.*)"));
    }

    @Test
    void areNotPurgedIfTheyAreSentAfterThePurgeBegan() {
        send(3, "high");
        send(0, "m1");
        send(-3, "low");
        JobKey key = new JobKey("orders", "j1");
        JobOperations jobs = test.operations.admin().jobs();
        assertThat(jobs.start(key, "purge", "ready", 0).join().total()).isEqualTo(3);
        send(9, "later1");
        send(3, "later2");

        for (int i = 0; i < 3; i++) {
            jobs.readyMessages(key, "delete", 1, 0, List.of(), "orders").join();
        }

        assertThat(consume("orders")).containsExactly("later1", "later2");
    }

    @Test
    void keepTheirPriorityInAnotherQueue() {
        send(0, "m1");
        send(-3, "low");
        for (int i = 0; i < 250; i++) {
            send(3, "high" + i);
        }

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "others"));

        assertThat(job.changed()).isEqualTo(252);
        List<String> moved = consume("others");
        assertThat(moved).hasSize(252);
        for (int i = 0; i < 250; i++) {
            assertThat(moved.get(i)).isEqualTo("high" + i);
        }
        assertThat(moved.subList(250, 252)).containsExactly("m1", "low");
        assertThat(test.call("EXISTS", key("prioritized"), key("attributes"))).isEqualTo(0L);
    }

    @Test
    void canBeMovedById() {
        send(0, "m1", "m2");
        send(-3, "low1", "low2");
        send(3, "high1", "high2");

        end(test.admin.move("orders", Place.READY, MessageSelection.ids(List.of("low2", "m1", "high2")), "others"));

        assertThat(consume("others")).containsExactly("high2", "m1", "low2");
        assertThat(consume("orders")).containsExactly("high1", "m2", "low1");
    }

    @Test
    void deadLettersKeepTheirPriority() {
        send(3, "high1");
        deadLetter("high1");
        send(0, "m1");
        send(3, "high2");
        assertThat(findings()).isEmpty();

        end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(ranked()).isEqualTo(2);
        assertThat(consume("orders")).containsExactly("high1", "high2", "m1");
    }

    @Test
    void disappearWithTheQueue() {
        send(3, "high1");
        deadLetter("high1");
        send(3, "high2");
        send(-3, "low");

        end(test.admin.deleteQueue("orders"));

        assertThat(keys()).allMatch(key -> key.contains("job:"));
    }

    @Test
    void disappearWithTheQueueEvenIfTheyAreSentMeanwhile() {
        send(3, "high");
        JobKey key = new JobKey("orders", "j1");
        JobOperations jobs = test.operations.admin().jobs();
        jobs.start(key, "delete-queue", "queue", 0).join();
        send(9, "later");
        send(-9, "latest");

        for (int i = 0; i < 3; i++) { // one priority in each step
            jobs.readyMessages(key, "delete", 100, 0, List.of(), "orders").join();
        }

        assertThat(ranked()).isZero();
    }

    @Test
    void thatAlsoAreInReadyAreDeliveredOnce() {
        send(3, "high");
        test.call("DEL", key("ready"));
        test.call("LPUSH", key("ready"), "high");

        assertRepaired(Kind.SEVERAL_PLACES, "high");

        assertThat(consume("orders")).containsExactly("high");
    }

    @Test
    void becomeDeadLettersIfTheyAreInNoPlace() {
        send(3, "high");
        test.call("DEL", key("prioritized"));

        assertRepaired(Kind.ORPHANED_MESSAGE, "high");

        assertThat(test.call("ZCARD", key("dead"))).isEqualTo(1L);
    }

    @Test
    void withoutAMessageAreRemoved() {
        send(3, "high");
        test.call("DEL", key("message:high"));

        assertRepaired(Kind.MISSING_MESSAGE, "high");

        assertThat(ranked()).isZero();
    }

    /** Otherwise, the queue would seem to have messages, and deliver none. */
    @Test
    void areDeliveredEvenIfTheirAttributesAreLost() {
        send(3, "high");
        send(-3, "low");
        test.call("DEL", key("attributes"));

        assertThat(consume("orders")).containsExactly("high", "low");
    }
}
