// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {

    private Terminal terminal;

    @BeforeEach
    void open(@TempDir Path directory) {
        assumeFalse(Tools.missing().contains("bash"), "bash is not installed");
        terminal = new Terminal(directory, Map.of());
    }

    @AfterEach
    void close() {
        if (terminal != null) {
            terminal.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nosuch",
                "nosuch\ntrue",
                "nosuch | cat",
                "A=$(nosuch)",
                "export A=$(nosuch)",
                "echo $(nosuch)",
                "echo `nosuch`\ntrue",
                "(nosuch; true)",
                "cd nosuch\ntrue"
            })
    void failureOfAnyCommandFails(String block) {
        assertThat(terminal.run(block + "\n", "").code()).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"true", "echo a | cat", "export A=$(echo a)", "read -r a", "echo '{\"a\": \"b&\"}'", "echo 2>&1"
            })
    void successSucceeds(String block) {
        assertThat(terminal.run(block + "\n", "typed\n").code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nosuch &",
                "nosuch & # in the background",
                "nosuch && true",
                "false && true\ntrue",
                "nosuch || true"
            })
    void blockThatHidesFailuresIsRefused(String block) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> terminal.run(block + "\n", ""));
    }

    @Test
    void endOfTheShellIsReported() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> terminal.run("echo farewell\nexit 0\n", ""))
                .withMessageContaining("ended the shell")
                .withMessageContaining("farewell");
    }

    @Test
    void variablesAndDirectoryRemain() {
        terminal.run("a=kept\nmkdir sub\ncd sub\n", "");

        assertThat(terminal.run("echo $a; basename $PWD\n", "").text()).isEqualTo("kept\nsub\n");
    }
}
