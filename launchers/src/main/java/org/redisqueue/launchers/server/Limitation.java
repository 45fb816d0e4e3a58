// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A test that fails on a server because of a fault in that server. If the test passes, the build fails, so that the
 * limitation is removed when the fault is fixed.
 *
 * @param test the name of the test method, or {@code Class.method} if several classes have a method with this name
 * @param symptom a text that the stack trace of the expected failure contains; any other failure fails the build
 * @param reason the fault, in the words of {@code docs/servers/README.md}
 */
public record Limitation(String test, String symptom, String reason) {

    /** Whether this is the expected failure. */
    public boolean explains(Throwable failure) {
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        return all.toString().contains(symptom);
    }

    /** Whether this test is expected to fail. */
    public boolean concerns(Class<?> type, String method) {
        return test.equals(method) || test.equals(type.getSimpleName() + "." + method);
    }
}
