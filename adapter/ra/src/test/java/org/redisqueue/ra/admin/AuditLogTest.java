// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.QueueAdminException;

class AuditLogTest {

    private final TestAdmin test = new TestAdmin();
    private final AuditLog log = new AuditLog(test.operations);

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void entryTellsWhoRequestedWhichChange() {
        log.append("alice", "console", "pause", "orders", Map.of("duration", "PT10M", "failure", "of a detail"), null);

        AuditEntry entry = log.entries(null, 10).get(0);

        assertThat(entry.actor()).isEqualTo("alice");
        assertThat(entry.via()).isEqualTo("console");
        assertThat(entry.action()).isEqualTo("pause");
        assertThat(entry.queue()).isEqualTo("orders");
        assertThat(entry.details()).isEqualTo(Map.of("duration", "PT10M", "failure", "of a detail"));
        assertThat(entry.failure()).isNull();
        assertThat(entry.id()).startsWith(String.valueOf(entry.at().toEpochMilli()));
    }

    @Test
    void entryOfFailedChangeNamesTheReason() {
        log.append("alice", "cli", "decide", null, Map.of(), "too young");

        AuditEntry entry = log.entries(null, 10).get(0);

        assertThat(entry.queue()).isNull();
        assertThat(entry.failure()).isEqualTo("too young");
    }

    @Test
    void pagesListTheLatestEntriesFirst() {
        for (int i = 1; i <= 5; i++) {
            log.append("alice", "cli", "action" + i, null, Map.of(), null);
        }

        List<AuditEntry> first = log.entries(null, 3);
        List<AuditEntry> second = log.entries(first.get(2).id(), 3);

        assertThat(first).extracting(AuditEntry::action).containsExactly("action5", "action4", "action3");
        assertThat(second).extracting(AuditEntry::action).containsExactly("action2", "action1");
        assertThat(log.entries(second.get(1).id(), 3)).isEmpty();
    }

    @Test
    void invalidCursorIsRefused() {
        assertThatThrownBy(() -> log.entries("yesterday", 3))
                .isInstanceOfSatisfying(
                        QueueAdminException.class,
                        e -> assertThat(e.kind()).isEqualTo(QueueAdminException.Kind.INVALID));
    }

    @Test
    void keepsAboutTenThousandEntries() {
        test.call(
                "EVAL",
                "for i = 1, 12000 do redis.call('XADD', KEYS[1], '*', 'action', i) end",
                1,
                test.prefix + ":audit");

        log.append("alice", "cli", "last", null, Map.of(), null);

        assertThat((Long) test.call("XLEN", test.prefix + ":audit")).isBetween(10_000L, 10_200L);
        assertThat(log.entries(null, 1)).extracting(AuditEntry::action).containsExactly("last");
    }
}
