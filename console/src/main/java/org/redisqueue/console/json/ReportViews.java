// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;
import java.util.List;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.RepairReport;

/** Damages, repairs and the audit in JSON. */
public final class ReportViews {

    private static final String[] FINDING = {"kind", "queue", "id", "description", "repairable"};

    private ReportViews() {}

    public static JsonObject check(CheckReport report) {
        return new Fields()
                .add("queues", report.queues())
                .add("messages", report.messages())
                .add("findings", Fields.list(report.findings(), ReportViews::finding))
                .add("skipped", Fields.texts(report.skipped()))
                .build();
    }

    public static JsonObject repair(RepairReport report) {
        return new Fields()
                .add("repaired", Fields.list(report.repaired(), ReportViews::finding))
                .add("remaining", Fields.list(report.remaining(), ReportViews::finding))
                .build();
    }

    private static JsonObject finding(Finding finding) {
        return new Fields()
                .add("kind", finding.kind())
                .add("queue", finding.queue())
                .add("id", finding.id())
                .add("description", finding.description())
                .add("repairable", finding.repairable())
                .build();
    }

    /** Reads findings as {@link #check} has written them. */
    public static List<Finding> findings(RequestBody body) {
        return body.objects("findings", FINDING).stream()
                .map(finding -> new Finding(
                        Constants.parse(Finding.Kind.class, "kind", finding.text("kind")),
                        finding.text("queue"),
                        finding.optionalText("id"),
                        finding.text("description"),
                        finding.flag("repairable")))
                .toList();
    }

    public static JsonObject entry(AuditEntry entry) {
        return new Fields()
                .add("id", entry.id())
                .add("at", entry.at())
                .add("actor", entry.actor())
                .add("via", entry.via())
                .add("action", entry.action())
                .add("queue", entry.queue())
                .add("details", Fields.texts(entry.details()))
                .add("failure", entry.failure())
                .build();
    }
}
