// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.testing.RespConnection;

/** The adapter's scripts, called without the adapter. */
final class Scripts {

    private static final String QUEUE = "rq:{scripts}:";
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
        try (var in = QueueOperations.class.getResourceAsStream(name + ".lua")) {
            return (String) redis.call("SCRIPT", "LOAD", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Object[] send(String body) {
        String id = QueueOperations.newId();
        return new Object[] {"EVALSHA", send, 2, QUEUE + "ready", QUEUE + "message:" + id, id, 0, body};
    }

    Object[] claim(int limit, String token) {
        return new Object[] {
            "EVALSHA",
            claim,
            7,
            QUEUE + "ready",
            QUEUE + "processing",
            QUEUE + "dead",
            QUEUE + "failures",
            QUEUE + "abandoned",
            QUEUE + "errors",
            QUEUE + "paused",
            limit,
            token,
            LEASE,
            QUEUE + "message:",
            10,
            1 << 20
        };
    }

    /** The ids in the reply to {@link #claim}. */
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
            4,
            QUEUE + "processing",
            QUEUE + "failures",
            QUEUE + "abandoned",
            QUEUE + "message:" + id,
            1,
            1,
            1,
            0,
            1,
            id + " " + token
        };
    }
}
