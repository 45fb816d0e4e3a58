// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Configured values in the place of expressions; here from MicroProfile Config. */
class ExpressionsTest {

    private static final String NAME = "expressions.test";

    @AfterEach
    void forget() {
        System.clearProperty(NAME);
    }

    @Test
    void a_text_without_expressions_stays_as_it_is() {
        assertThat(Expressions.resolve("a$b{c}")).isEqualTo("a$b{c}");
    }

    @Test
    void a_configured_value_comes_before_the_default() {
        System.setProperty(NAME, "$configured");
        assertThat(Expressions.resolve("x-${expressions.test:default}-${expressions.test}"))
                .isEqualTo("x-$configured-$configured");
    }

    @Test
    void a_default_may_be_empty_and_may_have_colons() {
        assertThat(Expressions.resolve("${expressions.test:}")).isEmpty();
        assertThat(Expressions.resolve("${expressions.test:java:/eis/Other}")).isEqualTo("java:/eis/Other");
    }

    @Test
    void a_value_is_needed() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Expressions.resolve("${expressions.test}"))
                .withMessage("'${expressions.test}': property 'expressions.test' is not configured and has no default;"
                        + " configure it, or write ${expressions.test:default}");
    }
}
