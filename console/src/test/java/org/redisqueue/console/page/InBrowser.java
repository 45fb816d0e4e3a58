// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs the tests of a class in a {@link Browser} that all of them share, and passes it to them. Without an installed
 * browser, the tests are skipped, which is printed once. A test fails if the browser reports an error.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InBrowser.Extension.class)
public @interface InBrowser {

    /** Shares the browser. */
    final class Extension implements ExecutionCondition, ParameterResolver, BeforeEachCallback, AfterEachCallback {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return browser(context).isPresent()
                    ? ConditionEvaluationResult.enabled("A browser is installed.")
                    : ConditionEvaluationResult.disabled("No browser is installed.");
        }

        private static Optional<Browser> browser(ExtensionContext context) {
            return Optional.ofNullable(context.getRoot()
                    .getStore(Namespace.create(Extension.class))
                    .getOrComputeIfAbsent(Shared.class, key -> new Shared(), Shared.class)
                    .browser);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            browser(context)
                    .orElseThrow()
                    .leave()
                    .resize(1280, 900)
                    .prefer("light")
                    .disconnect(false)
                    .problems();
        }

        @Override
        public void afterEach(ExtensionContext context) {
            if (context.getExecutionException().isEmpty()) {
                assertThat(browser(context).orElseThrow().problems()).isEmpty();
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Browser.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return browser(context).orElseThrow();
        }
    }

    /** The browser, which JUnit closes at the end of all tests. */
    final class Shared implements AutoCloseable {

        private final Browser browser;

        private Shared() {
            browser = Browser.start().orElse(null);
        }

        @Override
        public void close() {
            if (browser != null) {
                browser.close();
            }
        }
    }
}
