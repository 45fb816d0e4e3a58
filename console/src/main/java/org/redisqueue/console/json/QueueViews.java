// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;

/** Queues, their history and jobs in JSON. */
public final class QueueViews {

    private QueueViews() {}

    public static JsonObject queue(QueueStatus queue) {
        return new Fields()
                .add("name", queue.name())
                .add("ready", queue.ready())
                .add("scheduled", queue.scheduled())
                .add("waiting", queue.waiting())
                .add("redelivering", queue.redelivering())
                .add("delivering", queue.delivering())
                .add("inDoubt", queue.inDoubt())
                .add("dead", queue.dead())
                .addSeconds("oldestReadySeconds", queue.oldestReady())
                .add("paused", queue.paused())
                .add("pausedUntil", queue.pausedUntil())
                .add("consumers", queue.consumers())
                .add("deliveredPerMinute", queue.deliveredPerMinute())
                .add("failedPerMinute", queue.failedPerMinute())
                .add("settings", Fields.texts(queue.settings()))
                .build();
    }

    public static JsonObject history(QueueHistory history) {
        return new Fields()
                .add("queue", history.queue())
                .add("firstMinute", history.firstMinute())
                .add("delivered", Fields.numbers(history.delivered()))
                .add("failed", Fields.numbers(history.failed()))
                .build();
    }

    public static JsonObject job(Job job) {
        return new Fields()
                .add("id", job.id())
                .add("queue", job.queue())
                .add("action", job.action())
                .add("state", job.state())
                .add("done", job.done())
                .add("total", job.total())
                .add("changed", job.changed())
                .add("started", job.started())
                .add("failure", job.failure())
                .build();
    }
}
