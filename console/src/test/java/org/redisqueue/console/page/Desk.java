// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import java.net.URI;
import org.redisqueue.console.ConsoleServer;

/** The console of simulated queues, which the tests of the page share. */
final class Desk {

    static final SimulatedQueues QUEUES = new SimulatedQueues();

    private static final URI CONSOLE = ConsoleServer.start(QUEUES);

    private Desk() {}

    /** Fills the queues of the order desk, and opens a view as an operator. */
    static void open(Browser browser, String view) {
        OrderDesk.open(QUEUES);
        openAs("olga", browser, view);
    }

    /** Opens a view as the user with this name. */
    static void openAs(String user, Browser browser, String view) {
        browser.open(CONSOLE, user, "pw", view);
    }

    /** Waits until the overview has been refreshed completely. */
    static void awaitRefresh(Browser browser) {
        int before = QUEUES.reads();
        browser.await("a refresh", () -> QUEUES.reads() >= before + 2);
    }
}
