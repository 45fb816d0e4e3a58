// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

/** The capabilities by which users choose a server: the rows of the table in {@code docs/servers/README.md}. */
public enum Capability {
    STANDALONE("The adapter deployed on its own, for WARs and EJB JARs"),
    IN_EAR("The adapter in an EAR"),
    LISTENER_INTERFACE("Message-driven beans with the listener interface"),
    LISTENER_METHODS("Message-driven beans with annotated methods"),
    REASONS("A dead letter names the listener's own exception"),
    CDI("CDI beans in a WAR"),
    CDI_IN_EAR_LIBRARY("CDI extension in the libraries of an EAR"),
    ONE_PHASE("Transactions with only Redis, in one phase"),
    ONE_BRANCH("Consuming and sending in one script, one round trip"),
    TWO_PHASES("Transactions with a database, in two phases"),
    CONNECTIONS("Sending and receiving over connections"),
    RECOVERY_OF_DELIVERIES("Recovery of deliveries after a crash"),
    RECOVERY_OF_SENDING("Recovery of sent messages after a crash"),
    CONSOLE("The console, next to the adapter"),
    CONSOLE_IN_EAR("The console in an EAR with the adapter"),
    TRACING("One trace from an HTTP request to the row that a listener writes"),
    ORDER_DESK("The order desk"),
    ORDER_DESK_KILLED("The order desk, killed under load: nothing lost, nothing repeated");

    private final String title;

    Capability(String title) {
        this.title = title;
    }

    /** The title of its row in the table. */
    public String title() {
        return title;
    }
}
