// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The replacement of expressions with values from MicroProfile Config. */
class ExpressionsTest {

    private static final String NAME = "expressions.test";

    @AfterEach
    void forget() {
        System.clearProperty(NAME);
    }

    @Test
    void textWithoutExpressionsIsUnchanged() {
        assertThat(Expressions.resolve("a$b{c}")).isEqualTo("a$b{c}");
    }

    @Test
    void configuredValueTakesPrecedenceOverTheDefault() {
        System.setProperty(NAME, "$configured");
        assertThat(Expressions.resolve("x-${expressions.test:default}-${expressions.test}"))
                .isEqualTo("x-$configured-$configured");
    }

    @Test
    void defaultCanBeEmptyAndContainColons() {
        assertThat(Expressions.resolve("${expressions.test:}")).isEmpty();
        assertThat(Expressions.resolve("${expressions.test:java:/eis/Other}")).isEqualTo("java:/eis/Other");
    }

    @Test
    void missingValueIsReported() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Expressions.resolve("${expressions.test}"))
                .withMessage("'${expressions.test}': property 'expressions.test' is not configured and has no default;"
                        + " configure it, or write ${expressions.test:default}");
    }
}
