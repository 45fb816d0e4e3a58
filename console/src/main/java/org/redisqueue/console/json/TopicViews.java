// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;

/** Topics and their bindings in JSON. */
public final class TopicViews {

    private TopicViews() {}

    public static JsonObject topic(TopicStatus topic) {
        return new Fields()
                .add("name", topic.name())
                .add("queues", Fields.texts(topic.queues()))
                .build();
    }

    public static JsonObject report(UnbindReport report) {
        return new Fields()
                .add("unbound", report.unbound())
                .add("remaining", QueueViews.queue(report.remaining()))
                .add("preparedBranches", report.preparedBranches())
                .build();
    }
}
