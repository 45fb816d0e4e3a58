// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import org.redisqueue.internal.PrintableText;

/** Describes why a listener failed, in the form that is stored with a dead letter. */
public final class ListenerFailure {

    /**
     * Class-name prefixes of the wrapper exceptions of containers. They are compared by name, because not every server
     * has these classes.
     */
    private static final List<String> CONTAINER_PACKAGES = List.of("jakarta.ejb.", "com.ibm.ejs.container.");

    private static final String CONTAINER_FAILURE = "jakarta.ejb.EJBException";

    /** Thrown by WildFly instead of calling the listener, once an undeployment has begun. */
    private static final String REFUSAL = "org.jboss.as.ejb3.component.EJBComponentUnavailableException";

    private ListenerFailure() {}

    /**
     * Returns whether the container threw this exception, either to wrap a listener failure or to report an internal one.
     * A transaction in which such an exception occurred must not commit. Any other exception may be an application
     * exception, after which the application may still want to commit.
     */
    static boolean isThrownByContainer(Throwable thrown) {
        return thrown instanceof Error || hasType(CONTAINER_FAILURE, thrown);
    }

    /**
     * Returns whether a container threw this exception instead of calling a bean. That bean is the listener, unless the
     * listener's own code has called another bean: see {@link ListenerMethod#hasRun}.
     */
    static boolean isRefusal(Throwable thrown) {
        return hasType(REFUSAL, thrown);
    }

    private static boolean hasType(String name, Throwable thrown) {
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWrapper(Throwable thrown) {
        return CONTAINER_PACKAGES.stream().anyMatch(thrown.getClass().getName()::startsWith);
    }

    /** Returns the exception that the listener itself threw, without the wrappers of the container. */
    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while (isWrapper(cause) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Returns the class and message of the exception that the listener itself threw, without the wrappers of the
     * container, as printable text.
     */
    public static String describe(Throwable thrown) {
        Throwable cause = cause(thrown);
        String text = cause.getClass().getName();
        if (cause.getMessage() != null) {
            text += ": " + cause.getMessage();
        }
        return PrintableText.of(text);
    }
}
