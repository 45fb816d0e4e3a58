// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.redisqueue.ra.testing.RespConnection;

/** A gate at which the listeners of a queue wait until the test opens it. */
public final class Gate {

    private static final int LONGEST_SECONDS = 15;

    private final String queue;

    public Gate(String queue) {
        this.queue = queue;
    }

    /** Waits until the gate opens; called by listeners. */
    public void pass() {
        try (RespConnection redis = Redis.connect()) {
            redis.call("INCR", reached());
            redis.call("BLPOP", tokens(), LONGEST_SECONDS);
        }
    }

    /** The number of listeners that have reached the gate so far. */
    public int reached(Queue.Redis redis) {
        Object count = redis.call("GET", reached());
        return count == null ? 0 : Integer.parseInt((String) count);
    }

    /** Lets this number of listeners continue at the same time. */
    public void open(Queue.Redis redis, int listeners) {
        List<Object> command = new ArrayList<>(List.of("RPUSH", tokens()));
        command.addAll(Collections.nCopies(listeners, "go"));
        redis.call(command.toArray());
    }

    private String reached() {
        return "gate:" + queue + ":reached";
    }

    private String tokens() {
        return "gate:" + queue + ":tokens";
    }
}
