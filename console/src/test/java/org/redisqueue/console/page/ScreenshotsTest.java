// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.page.Desk.QUEUES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openqa.selenium.By;
import org.redisqueue.admin.Place;

/** Updates the screenshots of the documentation, if {@code -Dredisqueue.update=true} is set. */
@InBrowser
@EnabledIfSystemProperty(named = "redisqueue.update", matches = "true")
class ScreenshotsTest {

    private static final Path IMAGES = Path.of("../docs/images");
    private static final int MAX_SIZE = 200_000;
    private static final int REFRESHES = 60;

    @Test
    void viewsAreDocumentedInBothColorSchemes(Browser browser) throws IOException {
        Desk.open(browser, "queues");
        browser.resize(1280, 720);
        letMessagesFlow(browser);
        browser.await(
                "charts",
                () -> browser.number("return document.querySelectorAll('td.chart .line[points]').length") > 9);
        save(browser, "overview");

        browser.show("servers").sees("1 listener may hang");
        save(browser, "servers");

        browser.show("queues/orders/messages/b3JkLTQ4MDAw").sees(OrderDesk.UNKNOWN_ARTICLE);
        browser.press("Edit body").press("Format");
        browser.run("window.getSelection().removeAllRanges(); document.activeElement.blur(); scrollTo(0, 0)");
        save(browser, "message");

        QUEUES.hold(true);
        browser.show("queues/orders/dead").sees("ord-48000");
        browser.click(By.cssSelector("button.cause[title='" + OrderDesk.UNKNOWN_ARTICLE + "']"))
                .press("Requeue")
                .press("Requeue");
        browser.await(
                "progress", () -> browser.number("return document.querySelector('.job progress')?.value ?? 0") > 0);
        save(browser, "dead-letters");
    }

    /** Fills the charts at the top of the overview. */
    private static void letMessagesFlow(Browser browser) {
        SimulatedQueue receipts = QUEUES.queueNamed("receipts");
        SimulatedQueue orders = QUEUES.queueNamed("orders");
        for (int i = 0; i < REFRESHES; i++) {
            int wave = (int) (3 + 3 * Math.sin(i / 5.0));
            fill(receipts, Place.READY, "flow-", 40 * wave);
            fill(orders, Place.DELIVERING, "busy-", wave);
            orders.consumedBy(3, 1_284 + 40L * wave + i % 7 * 9, 9);
            int before = QUEUES.reads();
            browser.run("window.dispatchEvent(new Event('refresh-view'))");
            browser.await("a refresh", () -> QUEUES.reads() > before);
        }
        Desk.awaitRefresh(browser);
    }

    private static void fill(SimulatedQueue queue, Place place, String prefix, int count) {
        for (int i = 0; i < 6 * 40; i++) {
            if (i < count) {
                queue.add(place, prefix + i, 3);
            } else {
                queue.remove(prefix + i);
            }
        }
    }

    private static void save(Browser browser, String name) throws IOException {
        for (String scheme : new String[] {"light", "dark"}) {
            browser.prefer(scheme);
            byte[] picture = browser.picture();
            assertThat(picture).as(name).hasSizeLessThan(MAX_SIZE);
            Files.write(IMAGES.resolve("console-" + name + (scheme.equals("dark") ? "-dark" : "") + ".png"), picture);
        }
        browser.prefer("light");
    }
}
