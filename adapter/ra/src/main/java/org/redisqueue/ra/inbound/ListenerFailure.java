// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

/** Says why a listener failed, as it stands with a dead letter. */
final class ListenerFailure {

    /** Where the exceptions are that containers put around others; by name, as not every server has them. */
    private static final String CONTAINER = "jakarta.ejb.";

    private static final int LONGEST = 1_000;

    private ListenerFailure() {}

    /** Class and message of what the listener itself threw, without what the container put around it. */
    static String describe(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getClass().getName().startsWith(CONTAINER) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getClass().getName();
        if (cause.getMessage() != null) {
            text += ": " + cause.getMessage();
        }
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
