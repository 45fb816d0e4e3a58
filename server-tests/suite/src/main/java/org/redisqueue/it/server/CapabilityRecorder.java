// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.redisqueue.it.server.Outcomes.Outcome;
import org.redisqueue.launchers.server.Limitation;

/** Records the outcomes of the tests by capability, and expects tests to fail that hit a limitation of the server. */
public final class CapabilityRecorder implements InvocationInterceptor {

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        Optional<Limitation> limitation = limitation(context);
        Outcome outcome = Outcome.FAILED;
        try {
            invocation.proceed();
            outcome = limitation.isPresent() ? Outcome.FAILED : Outcome.YES;
        } catch (Throwable failure) {
            if (limitation.isEmpty() || !limitation.get().explains(failure)) {
                limitation = Optional.empty();
                throw failure;
            }
            outcome = Outcome.LIMITED;
            context.publishReportEntry("limitation", limitation.get().reason());
        } finally {
            Outcome noted = outcome;
            capability(context).ifPresent(capability -> Outcomes.ofThisJvm().note(capability, noted));
        }
        if (limitation.isPresent() && outcome == Outcome.FAILED) {
            throw new AssertionError("%s no longer has this limitation; remove it: %s"
                    .formatted(
                            TestedServer.current().kind().name(),
                            limitation.get().reason()));
        }
    }

    private static Optional<Limitation> limitation(ExtensionContext context) {
        return TestedServer.current().kind().limitations().stream()
                .filter(limitation -> limitation.concerns(
                        context.getRequiredTestClass(),
                        context.getRequiredTestMethod().getName()))
                .findFirst();
    }

    private static Optional<Capability> capability(ExtensionContext context) {
        return Optional.ofNullable(context.getRequiredTestMethod().getAnnotation(Shows.class))
                .or(() -> Optional.ofNullable(context.getRequiredTestClass().getAnnotation(Shows.class)))
                .map(Shows::value);
    }
}
