// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.page.Desk.QUEUES;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.redisqueue.admin.Place;

/** A refresh of 500 queues. */
@InBrowser
class RefreshPageTest {

    private static final int COUNT = 500;

    private int sent;

    @BeforeEach
    void open(Browser browser) {
        QUEUES.clear();
        for (int i = 0; i < COUNT; i++) {
            QUEUES.queueNamed(name(i)).consumedBy(i % 5, 17L * i, i % 3).add(Place.READY, "m", i % 90);
        }
        Desk.openAs("olga", browser, "queues");
        browser.sees(COUNT + " queues").sees(name(0));
    }

    private static String name(int i) {
        return "tenant-%03d.events".formatted(i);
    }

    /** Changes the figures of all queues. */
    private void change() {
        sent++;
        for (int i = 0; i < COUNT; i++) {
            QUEUES.queueNamed(name(i)).add(Place.READY, "m" + sent, 1).consumedBy(i % 5, 31L * i + sent, i % 4);
        }
    }

    /** Changes all figures, and refreshes the page. */
    private void refresh(Browser browser) {
        change();
        browser.run("window.dispatchEvent(new Event('refresh-view'))");
        browser.await("the new figures", () -> ready(browser).equals(String.valueOf(sent + 1)));
    }

    private static String ready(Browser browser) {
        return browser.text("tr[data-key='" + name(7) + "'] td:nth-child(4)");
    }

    @Test
    void rowsStayTheSameElements(Browser browser) {
        browser.run("window.rows = [...document.querySelectorAll('tbody tr')]");

        refresh(browser);

        assertThat(browser.run("const now = document.querySelectorAll('tbody tr');"
                        + "return now.length === rows.length && rows.every((row, i) => row === now[i])"))
                .isEqualTo(true);
    }

    @Test
    void scrollPositionFocusAndSelectedTextStay(Browser browser) {
        browser.run("""
                const link = document.querySelector("tr[data-key='tenant-250.events'] .row-link");
                link.scrollIntoView({block: 'center'});
                link.focus();
                getSelection().selectAllChildren(link);
                window.before = [scrollY, document.activeElement, getSelection().toString()];
                """);

        refresh(browser);
        refresh(browser);

        assertThat(browser.run("return scrollY > 1000 && before[0] === scrollY && before[1] === document.activeElement"
                        + " && before[2] === 'tenant-250.events' && getSelection().toString() === before[2]"))
                .isEqualTo(true);
    }

    @Test
    void nothingMoves(Browser browser) {
        refresh(browser);
        browser.run("scrollTo(0, 3000)");
        browser.await(
                "charts",
                () -> browser.number("return document.querySelectorAll('td.chart .line[points]').length") > 9);
        double before = browser.layoutShift();

        refresh(browser);
        refresh(browser);

        assertThat(browser.layoutShift() - before).isLessThan(0.001);
    }

    /** The answer is already there, so that the whole refresh runs within the script, whose processor time is known. */
    @Test
    void scriptOfARefreshTakesLessThan50Milliseconds(Browser browser) {
        browser.click(By.id("live")).sees("Stopped");
        double[] millis = new double[5];
        for (int i = 0; i < millis.length; i++) {
            change();
            Object answer = browser.run("""
                    const request = new XMLHttpRequest();
                    request.open('GET', 'api/queues', false);
                    request.send();
                    return request.responseText;
                    """);
            millis[i] = browser.processorMillis("""
                    const answer = {ok: true, status: 200, headers: new Headers(),
                      json: () => Promise.resolve(JSON.parse(arguments[0]))};
                    const fetch = window.fetch;
                    window.fetch = (url, options) => (
                      url.pathname.endsWith('api/queues') ? Promise.resolve(answer) : fetch(url, options));
                    window.dispatchEvent(new Event('refresh-view'));
                    """, answer);
            assertThat(ready(browser)).isEqualTo(String.valueOf(sent + 1));
        }
        Arrays.sort(millis);

        assertThat(millis[millis.length / 2]).as(Arrays.toString(millis)).isLessThan(50);
    }

    @Test
    void pageRefreshesItselfAndShowsNewAndRemovedQueues(Browser browser) {
        QUEUES.queueNamed("aaa.new").add(Place.READY, "m", 1);
        QUEUES.queues.remove(name(3));

        browser.sees("aaa.new").seesNo(name(3));
        browser.click(By.id("live")).sees("Stopped");
        QUEUES.queueNamed("aab.new").add(Place.READY, "m", 1);
        browser.type("r").sees("aab.new");
    }
}
