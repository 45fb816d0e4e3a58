// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.List;
import java.util.stream.IntStream;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.ScriptSource;
import org.redisqueue.ra.testing.RespConnection;

/** The scripts of the adapter, called without the adapter. */
final class Scripts {

    private static final String QUEUE = "rq:{scripts}:";
    private static final String NO_LANE = QUEUE + "lane:none";
    private static final String LEASE = "600000";

    private final String send;
    private final String claim;
    private final String acknowledge;

    Scripts(RespConnection redis) {
        send = load(redis, "send");
        claim = load(redis, "claim");
        acknowledge = load(redis, "acknowledge");
    }

    private static String load(RespConnection redis, String name) {
        return (String) redis.call("SCRIPT", "LOAD", ScriptSource.of(name));
    }

    Object[] send(String body) {
        String id = QueueOperations.newId();
        return new Object[] {
            "EVALSHA", send, 4, NO_LANE, QUEUE + "ready", QUEUE + "expiry", QUEUE + "message:" + id, "", 0, id, body
        };
    }

    Object[] claim(int limit, String token) {
        return new Object[] {
            "EVALSHA",
            claim,
            9,
            QUEUE + "ready",
            QUEUE + "processing",
            QUEUE + "dead",
            QUEUE + "failures",
            QUEUE + "abandoned",
            QUEUE + "errors",
            QUEUE + "paused",
            QUEUE + "expiry",
            QUEUE + "arrived",
            limit,
            token,
            LEASE,
            QUEUE + "message:",
            10,
            1 << 20,
            1 << 20,
            "drop",
            0
        };
    }

    /** The message ids in the reply of {@link #claim}. */
    static List<String> ids(Object reply) {
        List<?> found = (List<?>) ((List<?>) reply).get(2);
        return IntStream.range(0, found.size() / 4)
                .mapToObj(i -> (String) found.get(4 * i))
                .toList();
    }

    Object[] acknowledge(String id, String token) {
        return new Object[] {
            "EVALSHA",
            acknowledge,
            7,
            NO_LANE,
            QUEUE + "processing",
            QUEUE + "failures",
            QUEUE + "abandoned",
            QUEUE + "expiry",
            QUEUE + "ready",
            QUEUE + "message:" + id,
            "",
            0,
            1,
            1,
            1,
            0,
            1,
            0,
            id + " " + token,
            1,
            0,
            1
        };
    }
}
