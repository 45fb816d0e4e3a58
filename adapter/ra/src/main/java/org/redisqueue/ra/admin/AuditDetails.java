// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.MessageSelection;

/** Describes the parameters of a change for the audit. Long ones are shortened. */
final class AuditDetails {

    private static final int MAX_LISTED = 100;
    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_TEXT = 1_000;

    private AuditDetails() {}

    /** The selection of a change. */
    static Map<String, String> of(MessageSelection selection) {
        Map<String, String> details = new LinkedHashMap<>();
        if (selection.ids() != null) {
            details.put("ids", listed(selection.ids()));
        }
        if (selection.reasonContains() != null) {
            details.put("reasonContains", shortened(selection.reasonContains()));
        }
        if (selection.olderThan() != null) {
            details.put("olderThan", selection.olderThan().toString());
        }
        if (selection.headerName() != null) {
            details.put("header", shortened(selection.headerName()) + "=" + shortened("" + selection.headerValue()));
        }
        return details;
    }

    /** The findings of a repair. */
    static Map<String, String> of(List<Finding> findings) {
        return Map.of(
                "findings",
                listed(findings.stream()
                        .map(finding -> finding.kind() + " " + finding.queue()
                                + (finding.id() == null ? "" : " " + finding.id()))
                        .toList()));
    }

    /** The number of values, and the first ones. */
    private static String listed(List<String> values) {
        StringBuilder text = new StringBuilder();
        int listed = 0;
        for (String value : values) {
            String each = shortened(value);
            if (listed == MAX_LISTED || text.length() + each.length() > MAX_LENGTH) {
                break;
            }
            text.append(listed++ == 0 ? ": " : ", ").append(each);
        }
        return values.size() + text.toString() + (listed < values.size() ? ", ..." : "");
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }
}
