// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.page.Desk.QUEUES;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.MessageReference;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.admin.ServerStatus;

/** Texts of attackers, and errors. */
@InBrowser
class RobustPageTest {

    private static final String ATTACK =
            "\"'><img src=x onerror=window.attacked=1><script>window.attacked=1</script><svg onload=window.attacked=1>";
    private static final String LINK = "javascript:window.attacked=1//";

    private static void attack() {
        QUEUES.clear();
        Instant now = Instant.now();
        for (String name : List.of(ATTACK, LINK, "../../x?a=%2F#<b>")) {
            QUEUES.queueNamed(name)
                    .add(Place.READY, ATTACK, 1)
                    .add(Place.READY, LINK, 1)
                    .addHeld("held " + ATTACK, 5, new Holder(ATTACK, ATTACK, ATTACK, now))
                    .addDead("dead " + ATTACK, 5, ATTACK);
        }
        SimulatedQueue queue = QUEUES.queueNamed(ATTACK);
        queue.replace(SimulatedQueue.withHeader(
                SimulatedQueue.withBody(queue.message("dead " + ATTACK).orElseThrow(), ATTACK), ATTACK, LINK));
        QUEUES.servers = () -> List.of(new ServerStatus(
                ATTACK,
                ATTACK,
                1,
                ATTACK,
                ATTACK,
                now,
                now,
                true,
                false,
                0,
                List.of(new ServerStatus.Listener(ATTACK, LINK, 1, 1, now, 1, 1, 1, ATTACK, now, false, false, true))));
        QUEUES.branches.add(new InDoubtBranch(
                ATTACK,
                ATTACK,
                now,
                Duration.ofHours(1),
                ATTACK,
                List.of(new MessageReference(LINK, ATTACK)),
                List.of(new MessageReference(ATTACK, LINK)),
                ATTACK));
        QUEUES.findings.add(new Finding(Finding.Kind.READY_TWICE, ATTACK, ATTACK, ATTACK, true));
        QUEUES.audit.add(new AuditEntry("1-0", now, ATTACK, ATTACK, ATTACK, LINK, Map.of(ATTACK, LINK), ATTACK));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String key(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void storedTextsAreShownAndNeverExecuted(Browser browser) {
        attack();
        String queue = "queues/" + encoded(ATTACK);
        for (String view : List.of(
                "queues",
                queue,
                queue + "/delivering",
                queue + "/dead",
                queue + "/messages/" + key("dead " + ATTACK),
                "queues/" + encoded(LINK),
                "queues/" + encoded("../../x?a=%2F#<b>") + "/dead",
                "in-doubt",
                "servers",
                "check",
                "audit")) {
            Desk.openAs("olga", browser, view);
            if (view.equals("check")) {
                browser.enter("Seconds between the passes", "0").press("Check");
            }
            browser.sees(ATTACK.substring(0, 12));
            assertNothingHappened(browser, view);
        }
    }

    @Test
    void operationsOnHostileNamesWork(Browser browser) {
        attack();
        Desk.openAs("olga", browser, "queues/" + encoded(ATTACK) + "/dead");

        browser.sees("The only dead letter")
                .click(By.cssSelector("button.cause"))
                .press("Requeue")
                .press("Requeue")
                .sees("1 message changed");
        browser.tab("Ready").follow(LINK).press("Move").enter("Queue", "safe").press("Move");

        browser.await("the moved message", () -> browser.text(".path").startsWith("Queues / safe"));
        assertThat(browser.run("return window.attacked ?? null")).isNull();
        assertThat(browser.problems()).allMatch(problem -> problem.contains("404"));
    }

    private static void assertNothingHappened(Browser browser, String where) {
        assertThat(browser.run("return window.attacked ?? null")).as(where).isNull();
        assertThat(browser.run(
                        "return document.querySelectorAll('main img, main script, main svg[onload], main b').length"))
                .as(where)
                .isEqualTo(0L);
        assertThat(browser.run(
                        "return [...document.querySelectorAll('a')].filter(a => a.protocol === 'javascript:').length"))
                .as(where)
                .isEqualTo(0L);
        assertThat(browser.problems()).as(where).isEmpty();
    }

    @Test
    void unavailableRedisIsReportedUntilItReturns(Browser browser) {
        Desk.open(browser, "queues");
        browser.sees("audit.events");

        QUEUES.failWith(new QueueAdminException(Kind.UNAVAILABLE, "Redis at redis://10.0.0.5:6379 cannot be reached."));
        browser.sees("Redis at redis://10.0.0.5:6379 cannot be reached. Trying again every 2 seconds.")
                .sees("audit.events");
        QUEUES.failWith(null);

        browser.seesNo("cannot be reached");
        assertThat(browser.run("return document.querySelector('main').classList.contains('stale')"))
                .isEqualTo(false);
        assertThat(browser.problems()).isNotEmpty().allMatch(problem -> problem.contains("503"));
    }

    @Test
    void failureToLoadMoreMessagesIsReported(Browser browser) {
        Desk.open(browser, "queues/receipts");
        browser.sees("rcpt-8-1049");

        browser.disconnect(true).press("Load more");
        browser.await("the failure", () -> browser.text("#toasts").contains("cannot be reached"));
        browser.disconnect(false).press("Load more").sees("rcpt-8-1099");

        assertThat(browser.problems()).isNotEmpty().allMatch(problem -> problem.contains("net::ERR_"));
    }

    @Test
    void agesDoNotDependOnTheClockOfTheBrowser(Browser browser) {
        Desk.open(browser, "servers");

        Object age = browser.run("return import(new URL('js/format.js', document.baseURI)).then(format => {"
                + " format.setServerTime(new Date(Date.now() + 3610000).toUTCString());"
                + " const age = format.relative(new Date().toISOString());"
                + " format.setServerTime(new Date().toUTCString());"
                + " return age; })");

        assertThat(age).isEqualTo("1 h ago");
    }

    @Test
    void lostServerIsReportedUntilItReturns(Browser browser) {
        Desk.open(browser, "queues/orders/dead");
        browser.check("Select ord-48000").sees("1 selected dead letter");

        browser.disconnect(true).sees("The server cannot be reached. Trying again every 2 seconds.");
        browser.press("Requeue").press("Requeue");
        browser.await(
                "the failure of the operation", () -> browser.text("#toasts").contains("cannot be reached"));
        browser.disconnect(false)
                .await("the end of the banner", () -> browser.text("#banner").isEmpty());

        assertThat(browser.text(".bulk strong")).isEqualTo("1 selected dead letter");
        assertThat(browser.problems()).isNotEmpty().allMatch(problem -> problem.contains("net::ERR_"));
    }

    @Test
    void progressIsFollowedAcrossALostServerAndAReload(Browser browser) {
        Desk.open(browser, "queues/orders/dead");
        browser.sees("ord-48000").press("Requeue").press("Requeue").sees("Requeue · orders");

        browser.reload().sees("640 messages changed");

        assertThat(QUEUES.queue("orders").dead()).isZero();
    }

    @Test
    void emptyRedisIsExplained(Browser browser) {
        QUEUES.clear();
        Desk.openAs("olga", browser, "queues");

        browser.sees("No queues. A queue appears when a message is sent to it or a listener consumes it.");
        browser.show("servers").sees("No server has sent a heartbeat within the last day.");
        browser.show("in-doubt").sees("No transaction is in doubt.");
        browser.show("audit").sees("Nobody has changed anything yet.");
    }
}
