// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import java.util.Map;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.it.app.Queue;

/** Damages a queue in ten ways. */
final class Damages {

    /** A time in the distant future, in milliseconds. */
    private static final String FAR = "4000000000000";

    /** The kind of each damage, by the id of its message or branch. */
    static final Map<String, Kind> KINDS = Map.of(
            "orphan", Kind.ORPHANED_MESSAGE,
            "missing", Kind.MISSING_MESSAGE,
            "twice", Kind.READY_TWICE,
            "dead-and-ready", Kind.SEVERAL_PLACES,
            "without-token", Kind.MALFORMED_ENTRY,
            "leftover", Kind.LEFTOVER,
            "counter", Kind.MALFORMED_COUNTER,
            "stranded", Kind.STRANDED_IN_DOUBT,
            "nonsense", Kind.MALFORMED_BRANCH,
            "branch:staged", Kind.ORPHANED_STAGED_MESSAGE);

    /** Those that need a decision of the operator. */
    static final String[] UNSAFE = {"stranded", "nonsense", "branch:staged"};

    private final Queue queue;

    Damages(Queue queue) {
        this.queue = queue;
    }

    void cause() {
        message("orphan", "dead-and-ready", "without-token", "stranded");
        queue.push("intact", "x");
        queue.call("LPUSH", queue.key("ready"), "missing");
        queue.push("twice", "x");
        queue.call("LPUSH", queue.key("ready"), "twice");
        queue.call("LPUSH", queue.key("ready"), "dead-and-ready");
        queue.call("ZADD", queue.key("dead"), "1", "dead-and-ready");
        queue.call("ZADD", queue.key("processing"), FAR, "without-token");
        queue.call("HSET", queue.key("failures"), "leftover", "1");
        queue.push("counter", "x");
        queue.call("HSET", queue.key("failures"), "counter", "many");
        queue.call("ZADD", queue.key("processing"), "inf", "stranded token");
        queue.call("HSET", queue.key("prepared"), "nonsense", "not JSON");
        queue.call("SET", queue.key("staged:branch:staged"), "x");
    }

    private void message(String... ids) {
        for (String id : ids) {
            queue.call("SET", queue.key("message:" + id), "x");
        }
    }

    /** Removes what a repair leaves, so that other checks and the recovery of the server do not find it. */
    void clear() {
        queue.keys().forEach(key -> queue.call("DEL", key));
    }
}
