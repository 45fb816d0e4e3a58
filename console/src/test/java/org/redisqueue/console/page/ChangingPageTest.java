// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.page.Desk.QUEUES;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.redisqueue.admin.Place;
import org.redisqueue.console.json.MessageIds;

/** What operators change. */
@InBrowser
class ChangingPageTest {

    private static final String DEAD_LETTER = "queues/orders/messages/b3JkLTQ4MDAw";

    private static long dead(String queue) {
        return QUEUES.queue(queue).dead();
    }

    @Test
    void deadLettersOfOneCauseAreRequeuedUnderAProgressBar(Browser browser) {
        Desk.open(browser, "queues/orders/dead");

        browser.click(By.cssSelector("button.cause[title='" + OrderDesk.UNKNOWN_ARTICLE + "']"))
                .sees("All dead letters that match the filter")
                .press("Requeue")
                .press("Requeue");
        browser.await(
                "progress", () -> browser.number("return document.querySelector('.job progress')?.value ?? 0") > 0);

        browser.sees("569 messages changed");
        assertThat(dead("orders")).isEqualTo(71);
        browser.await(
                "the new figure", () -> browser.text(".tabs [aria-current]").contains("71"));
    }

    @Test
    void queueIsBoundToATopicAndUnbound(Browser browser) {
        Desk.open(browser, "topics");
        browser.sees("No queue is bound to a topic.")
                .press("Bind a queue")
                .enter("Topic", "events")
                .enter("Queue", "receipts")
                .press("Bind")
                .sees("receipts is bound to events.");
        assertThat(QUEUES.topic("events").queues()).containsExactly("receipts");

        browser.press("Unbind").press("Unbind").sees("1 prepared transaction can still send to it.");

        assertThat(QUEUES.topic("events").queues()).isEmpty();
        browser.sees("No queue is bound to a topic.");
    }

    @Test
    void selectedDeadLettersAreDeleted(Browser browser) {
        Desk.open(browser, "queues/orders/dead");

        browser.check("Select ord-48000")
                .check("Select ord-47986")
                .sees("2 selected dead letters")
                .press("Delete")
                .press("Delete")
                .sees("2 messages changed")
                .seesNo("ord-47986");

        assertThat(dead("orders")).isEqualTo(638);
    }

    @Test
    void deliveryOfAScheduledMessageIsCanceled(Browser browser) {
        String id = QUEUES.queueNamed("mail.outbound")
                .in(Place.SCHEDULED)
                .get(0)
                .summary()
                .id();
        Desk.open(browser, "queues/mail.outbound/messages/" + MessageIds.encode(id));

        browser.sees("Scheduled")
                .press("Cancel delivery")
                .press("Cancel delivery")
                .sees("The message is deleted.")
                .seesNo(id);

        assertThat(QUEUES.queueNamed("mail.outbound").in(Place.SCHEDULED))
                .noneMatch(message -> message.summary().id().equals(id));
    }

    @Test
    void limitsAreSetAndRemoved(Browser browser) {
        Desk.open(browser, "queues/mail.outbound");

        browser.press("Settings")
                .enter("Rate", "100/s")
                .enter("Concurrency", "5")
                .press("Apply")
                .sees("The settings of mail.outbound have changed.")
                .sees("at most 100/s")
                .sees("at most 5 at the same time");
        assertThat(QUEUES.settings("mail.outbound"))
                .isEqualTo(Map.of("rateLimit", "100/s", "maxQueueConcurrency", "5"));

        browser.press("Settings")
                .enter("Rate", "")
                .enter("Concurrency", "none")
                .press("Apply")
                .seesNo("at most 5 at");
        assertThat(QUEUES.settings("mail.outbound")).isEqualTo(Map.of("maxQueueConcurrency", "none"));
    }

    @Test
    void selectionSurvivesARefresh(Browser browser) {
        Desk.open(browser, "queues/orders/dead");
        browser.check("Select ord-48000").sees("1 selected dead letter");

        QUEUES.queueNamed("orders").addDead("ord-99999", 0, "later");
        browser.run("window.dispatchEvent(new Event('refresh-view'))");
        browser.await(
                "the new figure", () -> browser.text(".tabs [aria-current]").contains("641"));

        assertThat(browser.text(".bulk strong")).isEqualTo("1 selected dead letter");
    }

    @Test
    void lettersOlderThanAnAgeAreMoved(Browser browser) {
        Desk.open(browser, "queues/payments.capture/dead");

        browser.enter("Minimum age, such as 10 min", "10 min")
                .press("Move")
                .enter("Queue", "payments.repair")
                .press("Move")
                .sees("messages changed");

        assertThat(QUEUES.queueNamed("payments.repair").in(Place.READY)).hasSize(7);
        assertThat(dead("payments.capture")).isEqualTo(5);
    }

    @Test
    void invalidAgeIsRefused(Browser browser) {
        Desk.open(browser, "queues/orders/dead");

        browser.enter("Minimum age, such as 10 min", "soon").press("Requeue").sees("The age is invalid.");

        assertThat(browser.isDialogOpen()).isFalse();
        assertThat(dead("orders")).isEqualTo(640);
    }

    @Test
    void headerValueWithoutANameIsRefused(Browser browser) {
        Desk.open(browser, "queues/orders/dead");

        browser.enter("Value of the header", "5117").press("Requeue").sees("Enter the name of the header");

        assertThat(browser.isDialogOpen()).isFalse();
        assertThat(dead("orders")).isEqualTo(640);
    }

    @Test
    void deletingAllLettersRequiresTheNameOfTheQueue(Browser browser) {
        Desk.open(browser, "queues/payments.capture/dead");
        browser.sees("All 12 dead letters").press("Delete");

        assertThat(browser.run("return document.querySelector('dialog button.danger').disabled"))
                .isEqualTo(true);
        browser.enter("Enter payments.capture to confirm", "payments.capture")
                .press("Delete")
                .sees("No dead letters.");
    }

    @Test
    void bodyIsFixedAndTheMessageRequeued(Browser browser) {
        Desk.open(browser, DEAD_LETTER);

        browser.sees(OrderDesk.UNKNOWN_ARTICLE)
                .press("Edit body")
                .enter("New body", "{\"article\": 4712}")
                .press("Save and requeue")
                .sees("1 message changed");
        browser.await("the new place", () -> browser.text(".badge").equals("Ready"));

        assertThat(QUEUES.message("orders", "ord-48000").orElseThrow().body()).isEqualTo("{\"article\": 4712}");
    }

    @Test
    void textsBeingEditedSurviveARefresh(Browser browser) {
        Desk.open(browser, DEAD_LETTER);
        browser.press("Edit body").enter("New body", "half");

        browser.run("window.dispatchEvent(new Event('refresh-view'))");
        browser.type(" done").press("Save").sees("The body has been replaced.");

        assertThat(QUEUES.message("orders", "ord-48000").orElseThrow().body()).isEqualTo("half done");
    }

    @Test
    void lineEndsOfABodyAreKept(Browser browser) {
        Desk.open(browser, DEAD_LETTER);
        QUEUES.queueNamed("orders")
                .replace(SimulatedQueue.withBody(
                        QUEUES.message("orders", "ord-48000").orElseThrow(), "first\r\nsecond\r\n"));
        browser.sees("second");

        browser.press("Edit body").enter("New body", "1\n2\n").press("Save").sees("The body has been replaced.");

        assertThat(QUEUES.message("orders", "ord-48000").orElseThrow().body()).isEqualTo("1\r\n2\r\n");
    }

    @Test
    void bodyThatSomebodyElseChangedIsNotOverwritten(Browser browser) {
        Desk.open(browser, DEAD_LETTER);
        browser.press("Edit body").enter("New body", "mine");
        QUEUES.queueNamed("orders")
                .replace(SimulatedQueue.withBody(
                        QUEUES.message("orders", "ord-48000").orElseThrow(), "theirs"));

        browser.press("Save").sees("The message has changed since it was read.");

        assertThat(QUEUES.message("orders", "ord-48000").orElseThrow().body()).isEqualTo("theirs");
        assertThat(browser.problems()).allMatch(problem -> problem.contains("412"));
    }

    @Test
    void messageIsDeleted(Browser browser) {
        Desk.open(browser, DEAD_LETTER);

        browser.press("Delete").press("Delete").sees("The message is deleted.").sees("ord-47993");

        assertThat(browser.view()).isEqualTo("queues/orders/dead");
        assertThat(QUEUES.message("orders", "ord-48000")).isEmpty();
    }

    @Test
    void queueIsPausedForTenMinutesAndResumed(Browser browser) {
        Desk.open(browser, "queues/orders");

        browser.press("Pause").choose("10 minutes").press("Pause").sees("paused, resumes in");
        assertThat(QUEUES.queue("orders").pausedUntil()).isNotNull();
        browser.press("Resume").sees("orders is resumed.").seesNo("paused, resumes in");

        assertThat(QUEUES.queue("orders").paused()).isFalse();
    }

    @Test
    void queueIsPurgedAndDeleted(Browser browser) {
        Desk.open(browser, "queues/reports.export");

        browser.press("Purge ready")
                .enter("Enter reports.export to confirm", "reports.export")
                .press("Purge")
                .sees("12 messages changed");
        browser.press("Delete queue")
                .enter("Enter reports.export to confirm", "reports.export")
                .press("Delete queue")
                .sees("Delete queue · reports.export");

        assertThat(QUEUES.audit(null, 2)).extracting(entry -> entry.action()).containsExactly("delete_queue", "purge");
    }

    @Test
    void refusedChangeIsExplained(Browser browser) {
        Desk.open(browser, "queues/orders");

        browser.press("Delete queue")
                .enter("Enter orders to confirm", "orders")
                .press("Delete queue")
                .sees("Queue 'orders' has consumers. Stop them before you delete it.");

        assertThat(browser.problems()).allMatch(problem -> problem.contains("409"));
    }

    @Test
    void branchWhoseServerIsGoneIsRolledBack(Browser browser) {
        Desk.open(browser, "in-doubt");

        browser.sees("Transaction manager app-4").press("Consumes 2 messages").sees("pay-1001");
        browser.pressIn(OrderDesk.XID, "Roll back").press("Roll back").seesNo(OrderDesk.XID);

        assertThat(QUEUES.audit.get(0).details())
                .containsEntry("decision", "ROLLBACK")
                .containsEntry("force", "false");
    }

    @Test
    void youngBranchIsEndedOnlyDeliberately(Browser browser) {
        Desk.open(browser, "in-doubt");

        browser.pressIn("131077-00000000ff-0001", "Commit")
                .choose("It was prepared less than a minute ago. Its transaction may be running: end it anyway")
                .press("Commit")
                .sees("The branch has been ended.");

        assertThat(QUEUES.audit.get(0).details()).containsEntry("force", "true");
    }

    @Test
    void damageIsFoundAndRepaired(Browser browser) {
        Desk.open(browser, "check");

        browser.enter("Seconds between the passes", "0")
                .press("Check")
                .sees("3 findings.")
                .sees("ready twice");
        browser.press("Repair 2").press("Repair").sees("2 findings repaired, 1 remaining.");

        assertThat(QUEUES.findings).hasSize(1);
        assertThat(browser.text("tbody")).contains("repaired", "wrong type", "needs a decision");
        assertThat(browser.offers("Repair 2")).isFalse();
    }
}
