// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScriptSourceTest {

    @ParameterizedTest
    @EnumSource(Script.class)
    void includesAreReplacedAtEveryLevel(Script script) {
        assertThat(script.source()).isNotEmpty().doesNotContain("--@include");
    }

    @Test
    void nestedIncludesAreReplaced() {
        assertThat(ScriptSource.of("rollback")) // includes write, which includes receipt
                .contains(ScriptSource.of("write"))
                .contains(ScriptSource.of("receipt"));
    }

    @Test
    void unknownScriptIsReported() {
        assertThatThrownBy(() -> ScriptSource.of("unknown"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("unknown.lua");
    }

    @Test
    void commandPrintsTheScriptThatRedisReceives() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ScriptSource.main("claim");
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(Script.CLAIM.source());
    }
}
