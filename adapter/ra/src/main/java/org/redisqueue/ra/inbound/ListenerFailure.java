// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import org.redisqueue.spi.PrintableText;

/** Says why a listener failed, as it stands with a dead letter. */
final class ListenerFailure {

    /** Where the exceptions are that containers put around others; by name, as not every server has them. */
    private static final List<String> CONTAINERS = List.of("jakarta.ejb.", "com.ibm.ejs.container.");

    private static final String CONTAINER_FAILURE = "jakarta.ejb.EJBException";

    /** What WildFly throws instead of calling the listener, from the beginning of an undeployment on. */
    private static final String REFUSAL = "org.jboss.as.ejb3.component.EJBComponentUnavailableException";

    private ListenerFailure() {}

    /**
     * Whether the container threw it, for a failure of the listener or of its own: a transaction that has seen it must
     * not commit. What is not of this kind can be an exception of the application with which it wants a commit.
     */
    static boolean isOfContainer(Throwable thrown) {
        return thrown instanceof Error || isA(CONTAINER_FAILURE, thrown);
    }

    /**
     * Whether it is what a container throws instead of calling a bean. That bean is the listener, unless the listener's
     * own code has called another one: see {@link ListenerMethod#hasRun}.
     */
    static boolean isRefusal(Throwable thrown) {
        return isA(REFUSAL, thrown);
    }

    private static boolean isA(String name, Throwable thrown) {
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWrapper(Throwable thrown) {
        return CONTAINERS.stream().anyMatch(thrown.getClass().getName()::startsWith);
    }

    /** Class and message of what the listener itself threw, without what the container put around it; printable. */
    static String describe(Throwable thrown) {
        Throwable cause = thrown;
        while (isWrapper(cause) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getClass().getName();
        if (cause.getMessage() != null) {
            text += ": " + cause.getMessage();
        }
        return PrintableText.of(text);
    }
}
