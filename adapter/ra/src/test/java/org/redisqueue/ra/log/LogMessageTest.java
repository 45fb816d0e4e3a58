// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.testing.CapturedLog;

class LogMessageTest {

    private static final String FORGED = "m1\r\nSEVERE forged\u001b[31m \u2028 \u2029 \u202e \u200b \u0085 \ud800 \t";
    private static final String ESCAPED =
            "m1\\r\\nSEVERE forged\\u001b[31m \\u2028 \\u2029 \\u202e \\u200b \\u0085 \\ud800 \\t";

    private final String queue = "test." + UUID.randomUUID();

    @Test
    void argumentsCannotForgeLines() {
        try (CapturedLog log = new CapturedLog()) {
            LogMessage.DEAD_LETTER.log(queue, FORGED, new IllegalStateException(FORGED));

            assertThat(log.lines())
                    .containsExactly("RQ-306 Queue '" + queue + "': message '" + ESCAPED
                            + "' was dead-lettered: java.lang.IllegalStateException: " + ESCAPED);
        }
    }

    @Test
    void argumentsAreTruncated() {
        try (CapturedLog log = new CapturedLog()) {
            LogMessage.DEAD_LETTER.log(queue, "m1", "x".repeat(1_001));

            assertThat(log.lines().get(0)).endsWith(": " + "x".repeat(1_000) + "…");
        }
    }

    @Test
    void stackTracesCannotForgeLines() {
        try (CapturedLog log = new CapturedLog()) {
            LogMessage.ENDPOINT_FAILED.log(
                    new IllegalStateException(FORGED, new RuntimeException(FORGED)), queue, "m1", "it failed");

            StringWriter trace = new StringWriter();
            log.causes().get(0).printStackTrace(new PrintWriter(trace, true));
            assertThat(trace.toString().lines().filter(line -> !line.startsWith("\t")))
                    .startsWith("java.lang.IllegalStateException: " + ESCAPED)
                    .contains("Caused by: java.lang.RuntimeException: " + ESCAPED)
                    .hasSize(2);
            assertThat(trace.toString()).contains("LogMessageTest.stackTracesCannotForgeLines");
        }
    }

    @Test
    void printableTextInAnyLanguageIsUnchanged() {
        assertThat(PrintableText.of("Zoë 😀 日本語 \\n %s {0}")).isEqualTo("Zoë 😀 日本語 \\n %s {0}");
        assertThat(PrintableText.of(null)).isEqualTo("null");
    }

    @Test
    void escapesAndSurrogatePairsAreNotSplit() {
        assertThat(PrintableText.of("x".repeat(999) + "😀")).isEqualTo("x".repeat(999) + "…");
        assertThat(PrintableText.of("x".repeat(998) + "\n\n")).isEqualTo("x".repeat(998) + "\\n…");
        assertThat(PrintableText.of("x".repeat(1_000))).hasSize(1_000);
    }

    @Test
    void repeatedMessagesAboutAQueueAreSuppressedAndCounted() {
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 1; i <= 25; i++) {
                LogMessage.DEAD_LETTER.log(queue, "m" + i, "it failed");
                LogMessage.CONNECTED.log("Redis 7.0", queue);
            }
            LogMessage.STOPPED.log();

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-306"))
                    .hasSize(10);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-201"))
                    .hasSize(25);
            assertThat(log.lines())
                    .contains(
                            "RQ-205 Suppressed 15 more RQ-306 messages about queue '" + queue + "' within one minute.");
        }
    }
}
