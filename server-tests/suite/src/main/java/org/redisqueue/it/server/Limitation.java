// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a server cannot do, by a fault of its own: tests that are expected to fail there. One that passes fails the build,
 * so that the limitation is removed when the server is mended.
 *
 * @param test the name of a test method, or {@code Class.method} where several have the same
 * @param symptom what the failure says, somewhere among its causes; any other failure is one
 * @param reason what the server does wrong, as the table of servers and capabilities has it
 */
public record Limitation(String test, String symptom, String reason) {

    /** Whether it has failed in the way that is expected. */
    boolean explains(Throwable failure) {
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        return all.toString().contains(symptom);
    }

    boolean concerns(Class<?> type, String method) {
        return test.equals(method) || test.equals(type.getSimpleName() + "." + method);
    }
}
