// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** Color schemes, narrow screens, and the keyboard. */
@InBrowser
class AppearancePageTest {

    /** The contrast of the texts of the page with what is behind them, at least, by the definition of WCAG. */
    private static final String CONTRAST = """
            const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
            const parse = color => color.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
            const ground = element => {
              for (let e = element; e; e = e.parentElement) {
                const color = parse(getComputedStyle(e).backgroundColor);
                if (color.length === 3 || color[3] === 1) { return color; }
              }
              return [255, 255, 255];
            };
            let worst = [21, ''];
            for (const element of document.querySelectorAll('body *')) {
              const texts = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
              const zero = element.closest('[data-tone=zero], [hidden], :disabled, .skip');
              if (texts && !zero && element.getClientRects().length && !element.closest('tr[data-tone=paused]')) {
                const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (contrast < worst[0]) { worst = [contrast, element.textContent]; }
              }
            }
            return worst;
            """;

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void textsAreReadableInBothSchemes(String scheme, Browser browser) {
        browser.prefer(scheme);
        for (String view : new String[] {"queues", "queues/orders/dead", "in-doubt", "servers", "audit"}) {
            Desk.open(browser, view);
            browser.sees("orders");

            List<?> worst = (List<?>) browser.run(CONTRAST);
            assertThat(((Number) worst.get(0)).doubleValue())
                    .as(view + " " + worst)
                    .isGreaterThan(4.5);
        }
        String ground = String.valueOf(browser.run("return getComputedStyle(document.body).backgroundColor"));
        assertThat(ground).isEqualTo(scheme.equals("light") ? "rgb(246, 246, 243)" : "rgb(20, 21, 17)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "queues",
                "queues/orders",
                "queues/orders/delivering",
                "queues/orders/dead",
                "queues/orders/messages/b3JkLTQ4MDAw",
                "in-doubt",
                "servers",
                "check",
                "audit"
            })
    void narrowScreenNeedsNoHorizontalScrolling(String view, Browser browser) {
        browser.resize(390, 844);
        Desk.open(browser, view);
        browser.await("the view", () -> browser.number("return document.querySelectorAll('main.loading').length") == 0);

        assertThat(browser.number("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(390);
        assertThat(browser.run("return [...document.querySelectorAll('main *')].filter(e => e.getClientRects().length"
                        + " && !e.closest('.tabs') && e.getBoundingClientRect().right > 390.5).map(e => e.outerHTML)"))
                .isEqualTo(List.of());
    }

    @Test
    void rowsAreReachedAndOpenedWithKeys(Browser browser) {
        Desk.open(browser, "queues");
        browser.sees("audit.events");

        browser.type("j", "j")
                .await("the second row", () -> browser.focused().getText().equals("invoices"));
        browser.type("k", Keys.ENTER).await("the queue", () -> browser.view().equals("queues/audit.events"));
        browser.type("u").await("the overview", () -> browser.view().equals("queues"));
        browser.type("/")
                .await(
                        "the filter",
                        () -> "Filter queues".equals(browser.focused().getDomAttribute("placeholder")));
        browser.type("2").sees("0 of 10 queues").type(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE, Keys.ESCAPE);
        browser.type("4")
                .sees("1 listener may hang")
                .type("p")
                .sees("Stopped")
                .type("p")
                .sees("Live");
    }

    @Test
    void deadLettersAreSelectedWithKeys(Browser browser) {
        Desk.open(browser, "queues/orders/dead");
        browser.sees("ord-48000").type("j", "x", "j", "x").sees("2 selected dead letters");
    }

    @Test
    void focusFollowsTheOrderOfThePageAndIsVisible(Browser browser) {
        Desk.open(browser, "queues");
        browser.sees("audit.events");
        String[] order = {
            "Skip to content", "Redis Queue", "Queues", "Topics", "In doubt", "Servers", "Check", "Audit", "Live", "?"
        };

        for (String text : order) {
            browser.type(Keys.TAB);
            assertThat(browser.focused().getText()).isEqualTo(text);
            assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle"))
                    .isEqualTo("solid");
        }
        browser.type(Keys.TAB);
        assertThat(browser.focused().getDomAttribute("aria-label")).isEqualTo("Filter queues");
    }

    @Test
    void dialogKeepsTheFocusAndReturnsIt(Browser browser) {
        Desk.open(browser, "queues/orders");
        browser.sees("ord-5-1000").press("Pause");

        for (int i = 0; i < 12; i++) {
            browser.type(Keys.TAB);
            assertThat(browser.run("return document.activeElement.closest('dialog') !== null"
                            + " || document.activeElement === document.body"))
                    .isEqualTo(true);
        }
        browser.type(Keys.ESCAPE);

        browser.await("the end of the dialog", () -> !browser.isDialogOpen());
        assertThat(browser.focused().getText()).isEqualTo("Pause");
        assertThat(Desk.QUEUES.queue("orders").paused()).isFalse();
    }

    @Test
    void queueIsPausedWithKeysOnlyAndTheFocusStays(Browser browser) {
        Desk.open(browser, "queues/orders");
        browser.sees("ord-5-1000")
                .run("[...document.querySelectorAll('button')].find(b => b.innerText === 'Pause').focus()");

        browser.type(Keys.ENTER)
                .sees("Consumers stop claiming")
                .type(Keys.ENTER)
                .sees("paused, resumes in");

        browser.await("the focus on Resume", () -> browser.focused().getText().equals("Resume"));
    }

    @Test
    void shortcutsAreListed(Browser browser) {
        Desk.open(browser, "queues");

        browser.type("?").sees("Keyboard shortcuts").press("Close");

        assertThat(browser.isDialogOpen()).isFalse();
    }
}
