// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;

/** What each view shows. */
@InBrowser
class ReadingPageTest {

    @Test
    void overviewShowsTotalsQueuesAndCharts(Browser browser) {
        Desk.open(browser, "queues");

        browser.sees("10 queues").sees("search.index");
        browser.await("charts of the last hour", () -> charts(browser) >= 8);

        assertThat(browser.text(".tiles"))
                .containsSubsequence("Ready", "404", "Delivering", "16", "Dead letters", "652");
        assertThat(cells(browser, "orders")).contains("38", "11", "6", "640", "3");
        assertThat(browser.text("tr[data-key='search.index']")).contains("paused");
    }

    private static double charts(Browser browser) {
        return browser.number("return [...document.querySelectorAll('td.chart .line:not(.failed)')]"
                + ".filter(line => line.getAttribute('points')).length");
    }

    @SuppressWarnings("unchecked")
    private static List<String> cells(Browser browser, String queue) {
        return (List<String>) browser.run(
                "return [...document.querySelectorAll(`tr[data-key='${arguments[0]}'] td`)].map(td => td.innerText)",
                queue);
    }

    @Test
    void overviewIsFilteredAndSorted(Browser browser) {
        Desk.open(browser, "queues");

        browser.enter("Filter queues", "ORD").sees("2 of 10 queues").enter("Filter queues", "");
        browser.click(By.cssSelector(".toolbar input[type=checkbox]")).sees("4 of 10 queues");
        browser.press("Dead")
                .await("the most dead letters first", () -> firstRow(browser).equals("orders"));
        browser.press("Dead").await("the fewest first", () -> !firstRow(browser).equals("orders"));
        browser.click(By.cssSelector(".toolbar input[type=checkbox]")).sees("10 queues");
    }

    private static String firstRow(Browser browser) {
        return String.valueOf(browser.run("return document.querySelector('tbody tr').dataset.key"));
    }

    @ParameterizedTest
    @CsvSource({
        "orders, Ready, ord-5-1000",
        "mail.outbound, Scheduled, mail-1000",
        "stock.reserve, Waiting, stk-1000",
        "stock.reserve, Waiting, customer-17",
        "orders, Delivering, OrderListener on app-1",
        "orders, Redelivering, ord-4-1000",
        "payments.capture, In doubt, 00020005-0a0b0c-01",
        "orders, Dead letters, ord-48000",
        "invoices, Ready, No message waits for a consumer.",
        "invoices, Dead letters, No dead letters."
    })
    void queueHasATabForEachPlace(String queue, String place, String text, Browser browser) {
        Desk.open(browser, "queues/" + queue);

        browser.tab(place)
                .await("the tab", () -> browser.text(".tabs [aria-current]").startsWith(place));

        browser.sees(text);
    }

    @Test
    void numbersAreAlignedAndTimesHaveExactOnes(Browser browser) {
        Desk.open(browser, "queues/orders/dead");
        browser.sees("ord-48000");

        assertThat(browser.run("return getComputedStyle(document.querySelector('tbody td.num')).textAlign"))
                .isEqualTo("right");
        assertThat(String.valueOf(browser.run("return document.querySelector('tbody td.time').title")))
                .matches(".*\\d{4}.*\\d{2}:\\d{2}:\\d{2}.*");
        assertThat(browser.text("tbody td.time")).endsWith("ago");
    }

    @Test
    void moreMessagesAreLoadedOnDemand(Browser browser) {
        Desk.open(browser, "queues/receipts");
        browser.sees("rcpt-8-1049").seesNo("rcpt-8-1050");

        browser.press("Load more")
                .sees("rcpt-8-1099")
                .press("Back to the first page")
                .seesNo("rcpt-8-1050");
    }

    @Test
    void messageTellsWhoHoldsItAndSinceWhen(Browser browser) {
        Desk.open(browser, "queues/receipts/delivering");

        browser.sees("12 min 3").follow(OrderDesk.HANGING);

        browser.sees("ReceiptListener.issue on app-2 for 12 min 3").sees("\"customer\": \"Ada Lovelace\"");
        assertThat(browser.text(".path")).isEqualTo("Queues / receipts / Delivering");
        assertThat(browser.offers("Requeue")).isFalse();
    }

    @Test
    void unknownMessageIsReported(Browser browser) {
        Desk.open(browser, "queues/orders/messages/bm9uZQ");

        browser.sees("This message no longer exists.");

        assertThat(browser.problems()).allMatch(problem -> problem.contains("404"));
    }

    @Test
    void keyThatIsNoKeyShowsTheQueue(Browser browser) {
        Desk.open(browser, "queues/orders/messages/..");

        browser.sees("ord-");

        assertThat(browser.text("h1")).isEqualTo("orders");
    }

    @Test
    void serversShowAHangingListenerAndWhoIsGone(Browser browser) {
        Desk.open(browser, "servers");

        browser.sees("1 listener may hang").sees("12 min 3").sees("no heartbeat");

        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('.panel')]"
                                        + ".filter(panel => panel.innerText.includes('may hang')).map(panel => panel.querySelector('h2').innerText)"))
                .isEqualTo(List.of("app-2"));
    }

    @Test
    void auditTellsWhoChangedWhat(Browser browser) {
        Desk.open(browser, "audit");

        browser.sees("edit body").enter("Filter the audit", "delete queue").seesNo("edit body");

        assertThat(browser.text("tbody")).contains("deploy@build-7", "cli", "failed: Queue 'invoices' has consumers.");
    }

    @Test
    void viewerIsOfferedNoChanges(Browser browser) {
        OrderDesk.open(Desk.QUEUES);
        for (String view : List.of(
                "queues",
                "queues/orders",
                "queues/orders/dead",
                "queues/orders/messages/b3JkLTQ4MDAw",
                "in-doubt",
                "servers",
                "check",
                "audit")) {
            Desk.openAs("vera", browser, view);
            browser.await("the view", () -> !browser.text("main h1").isEmpty() || view.equals("queues"));

            assertThat(browser.text("#caller")).isEqualTo("vera · viewer");
            assertThat(List.of(
                            "Pause", "Purge ready", "Delete queue", "Requeue", "Move", "Delete", "Edit body", "Commit"))
                    .as(view)
                    .noneMatch(browser::offers);
        }
    }
}
