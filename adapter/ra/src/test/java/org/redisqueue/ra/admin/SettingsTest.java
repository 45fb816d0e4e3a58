// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.QueueAdminException;

/** What operators see and change of the settings of queues. */
class SettingsTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final List<String> KEYS = List.of("settings", "rate", "slots");

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void settingsAreChangedAndRemoved() {
        assertThat(test.admin.settings("orders")).isEmpty();

        test.admin.changeSetting("orders", "rateLimit", "100/s");
        test.admin.changeSetting("orders", "maxQueueConcurrency", "5");
        assertThat(test.admin.settings("orders")).isEqualTo(Map.of("rateLimit", "100/s", "maxQueueConcurrency", "5"));
        test.admin.changeSetting("orders", "rateLimit", "none");
        test.admin.changeSetting("orders", "maxQueueConcurrency", null);

        assertThat(test.admin.settings("orders")).isEqualTo(Map.of("rateLimit", "none"));
        assertThat(test.admin.settings("others")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    rateLimit           | 100 | rateLimit must be none, or 1 to 1,000,000 messages per s, min or h, such as 100/s, but is '100'.
                    maxQueueConcurrency | 0   | maxQueueConcurrency must be none, or 1 to 1,000, but is '0'.
                    maxQueueConcurrency | ""  | maxQueueConcurrency must be none, or 1 to 1,000, but is ''.
                    speed               | 1   | Unknown setting 'speed'. Known settings: rateLimit, maxQueueConcurrency, onDeadLetter.
                    onDeadLetter        | none | onDeadLetter must be continue or block, but is 'none'.
                    """)
    void invalidChangeIsRefused(String name, String value, String message) {
        assertThatExceptionOfType(QueueAdminException.class)
                .isThrownBy(() -> test.admin.changeSetting("orders", name, value))
                .withMessage(message)
                .satisfies(e -> assertThat(e.kind()).isEqualTo(QueueAdminException.Kind.INVALID));
        assertThat(test.admin.settings("orders")).isEmpty();
        assertThat(test.admin.audit(null, 10)).isEmpty();
    }

    @Test
    void changesAreAudited() {
        test.admin.as("olga", "console").changeSetting("orders", "rateLimit", "100/s");
        test.admin.changeSetting("orders", "rateLimit", null);

        assertThat(test.admin.audit(null, 10))
                .extracting(AuditEntry::action, AuditEntry::queue, AuditEntry::details)
                .containsExactly(
                        tuple("changeSetting", "orders", Map.of("setting", "rateLimit", "value", "")),
                        tuple("changeSetting", "orders", Map.of("setting", "rateLimit", "value", "100/s")));
    }

    @Test
    void deletedQueueHasNoSettings() {
        test.admin.changeSetting("orders", "rateLimit", "100/s");
        test.call("SET", test.key("orders", "rate"), "1");
        test.call("ZADD", test.key("orders", "slots"), "1", "m1 t1");

        Job job = test.admin.deleteQueue("orders");

        await().atMost(LONG).until(() -> test.admin.job(job.id()).orElseThrow().state() == Job.State.DONE);
        assertThat(KEYS)
                .allMatch(kind -> test.call("EXISTS", test.key("orders", kind)).equals(0L));
    }

    @ParameterizedTest
    @CsvSource({
        "rateLimit, fast, '1 to 1,000,000 messages per s, min or h, such as 100/s. It counts as 1/s.'",
        "maxQueueConcurrency, 0, 'none, or 1 to 1,000. It counts as 1.'",
        "onDeadLetter, stop, continue or block. It counts as block."
    })
    void invalidSettingIsFound(String setting, String value, String range) {
        test.admin.changeSetting("orders", "rateLimit", "100/s");
        test.call("HSET", test.key("orders", "settings"), setting, value);

        List<Finding> findings =
                test.admin.check("orders", Duration.ofMillis(1)).findings();

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.INVALID_SETTING);
            assertThat(finding.id()).isEqualTo(setting);
            assertThat(finding.description()).contains(range).endsWith("Change or remove the setting.");
        });
        assertThat(test.admin.repair(findings).remaining()).isEqualTo(findings);
    }

    /** Another program may have written them. */
    @Test
    void emptySettingsCountAsMissing() {
        for (String setting : List.of("rateLimit", "maxQueueConcurrency", "onDeadLetter")) {
            test.call("HSET", test.key("orders", "settings"), setting, "");
        }
        assertThat(test.admin.settings("orders")).isEmpty();
        assertThat(test.admin.check("orders", Duration.ofMillis(1)).findings()).isEmpty();

        test.admin.changeSetting("orders", "rateLimit", null);
        test.admin.changeSetting("orders", "maxQueueConcurrency", "5");

        assertThat(test.call("HGETALL", test.key("orders", "settings")))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder("maxQueueConcurrency", "5", "onDeadLetter", "");
    }

    @Test
    void keysOfTheWrongTypeAreFound() {
        KEYS.forEach(kind -> test.call("LPUSH", test.key("orders", kind), "stranger"));

        assertThat(test.admin.check("orders", Duration.ofMillis(1)).findings())
                .extracting(Finding::kind)
                .containsOnly(Finding.Kind.WRONG_TYPE)
                .hasSize(3);
    }
}
