// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.console.page.Browser;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.ra.testing.TestRedis;

/** The page of the console as it is delivered, with what anybody may have stored in Redis. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Tag("with-users")
@RunAsClient
class ConsolePageIT {

    private static final String ATTACK = "\"'><img src=x onerror=window.attacked=1><script>window.attacked=1</script>";
    private static final String LINK = "javascript:window.attacked=1//";
    private static final String QUEUE = "console.page";
    private static final String QUEUES = "rq:queues";

    @ArquillianResource
    private URL url;

    private Browser browser;
    private Queue queue;

    @Deployment(testable = false)
    static WebArchive console() {
        return Archives.console();
    }

    @BeforeEach
    void start() {
        Optional<Browser> installed = Browser.start();
        assumeTrue(installed.isPresent(), "Neither Chromium nor chromedriver is installed.");
        browser = installed.get();
        queue = new Queue(TestRedis.shared()::call, QUEUE);
        store();
    }

    private void store() {
        queue.call("SADD", QUEUES, QUEUE, ATTACK);
        queue.push(LINK, "RQ/1\r\nx-note: " + ATTACK + "\r\nx-link: " + LINK + "\r\n\r\n" + ATTACK);
        queue.call("SET", queue.key("message:" + ATTACK), ATTACK);
        queue.call("ZADD", queue.key("dead"), String.valueOf(System.currentTimeMillis()), ATTACK);
        queue.call(
                "HSET",
                queue.key("errors"),
                ATTACK,
                "{\"reason\":\"" + ATTACK.replace("\"", "\\\"") + "\",\"deliveries\":1}");
        queue.call("ZADD", queue.key("processing"), "99999999999999", ATTACK + " " + ATTACK.replace(" ", "_"));
        queue.call("HSET", queue.key("prepared"), ATTACK, ATTACK);
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
            queue.call("SREM", QUEUES, QUEUE, ATTACK);
            queue.keys().forEach(key -> queue.call("DEL", key));
        }
    }

    private Browser open(ServerUser user, String view) {
        URI console = URI.create(url.getProtocol() + "://" + url.getAuthority() + "/redis-queue/");
        return browser.open(console, user.userName(), ServerUser.password(), view);
    }

    @Test
    void storedTextsAreShownAndNeverExecuted() {
        String hostile = URLEncoder.encode(ATTACK, StandardCharsets.UTF_8).replace("+", "%20");
        String messages = "queues/" + QUEUE + "/messages/";
        for (String view : List.of(
                "queues",
                "queues/" + QUEUE,
                "queues/" + QUEUE + "/delivering",
                "queues/" + QUEUE + "/dead",
                messages + ConsoleUser.key(ATTACK),
                messages + ConsoleUser.key(LINK),
                "in-doubt",
                "check",
                "audit")) {
            open(ServerUser.OPERATOR, view);
            if (view.equals("check")) {
                browser.enter("Queue, or all queues", QUEUE)
                        .enter("Seconds between the passes", "1")
                        .press("Check")
                        .sees("finding");
            }
            assertHarmless(view);
        }
        assertThat(open(ServerUser.OPERATOR, messages + ConsoleUser.key(LINK)).text("main"))
                .contains(ATTACK, LINK, "x-note");

        open(ServerUser.OPERATOR, "queues/" + hostile);
        assertThat(browser.run("return window.attacked ?? null")).isNull();
    }

    private void assertHarmless(String view) {
        assertThat(browser.text("main")).as(view).isNotEmpty();
        assertThat(browser.run("return window.attacked ?? null")).as(view).isNull();
        assertThat(browser.run("return document.querySelectorAll('main img, main script').length"))
                .as(view)
                .isEqualTo(0L);
        assertThat(browser.problems()).as(view).isEmpty();
    }

    @Test
    void deadLetterWithAHostileIdIsRequeued() {
        open(ServerUser.OPERATOR, "queues/" + QUEUE + "/messages/" + ConsoleUser.key(ATTACK))
                .press("Requeue")
                .sees("1 message changed");

        assertThat(queue.ready()).contains(ATTACK);
        assertHarmless("requeued");
    }

    @Test
    void viewerIsOfferedNoChanges() {
        open(ServerUser.VIEWER, "queues/" + QUEUE + "/dead").sees(QUEUE);

        assertThat(browser.text("#caller")).isEqualTo("viewer · viewer");
        assertThat(List.of("Pause", "Purge ready", "Delete queue", "Requeue", "Move", "Delete"))
                .noneMatch(browser::offers);
    }
}
