// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.MessageSelection;
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

    @Test
    void selectionIsRecordedWithItsFirstIds() {
        test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("m1", "m2")));
        assertThat(log.entries(null, 1).get(0).details()).isEqualTo(Map.of("ids", "2: m1, m2"));

        List<String> ids =
                IntStream.range(0, 10_000).mapToObj(i -> "x".repeat(195) + i).toList();
        test.admin.deleteDeadLetters("orders", MessageSelection.ids(ids));

        assertThat(log.entries(null, 1).get(0).details().get("ids"))
                .startsWith("10000: " + ids.get(0) + ", " + ids.get(1))
                .endsWith(", ...")
                .hasSizeBetween(9_000, 11_000);
    }

    @Test
    void conditionsAreRecordedWithTheirValues() {
        test.admin.deleteDeadLetters("orders", MessageSelection.all().header("customer", "4711"));

        assertThat(log.entries(null, 1).get(0).details()).isEqualTo(Map.of("header", "customer=4711"));
    }

    @Test
    void repairIsRecordedWithItsFindings() {
        test.admin.repair(List.of(new Finding(Finding.Kind.LEFTOVER, "orders", "m1", "", false)));

        assertThat(log.entries(null, 1).get(0).details()).isEqualTo(Map.of("findings", "1: LEFTOVER orders m1"));
    }

    @Test
    void failureOfChangeIsReportedEvenIfItCannotBeRecorded() {
        String audit = test.prefix + ":audit";
        QueueAdminException failure =
                new QueueAdminException(QueueAdminException.Kind.CONFLICT, "the original failure");
        List<Finding> findings = new AbstractList<>() {
            @Override
            public Finding get(int index) {
                return new Finding(Finding.Kind.LEFTOVER, "orders", "m1", "", false);
            }

            @Override
            public int size() {
                if (Long.valueOf(1).equals(test.call("EXISTS", audit))) { // the change has begun
                    test.call("DEL", audit);
                    test.call("SET", audit, "not a stream");
                    throw failure;
                }
                return 1;
            }
        };

        assertThatThrownBy(() -> test.admin.repair(findings))
                .isSameAs(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    }
}
