// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.time.Instant;
import java.util.List;
import org.redisqueue.ra.testing.TestRedis;

/** The queues of the shop in the examples, with everything that an operator may find in them. */
final class OrderQueues {

    private static final String POISON = "01a21eb9-2fce-7175-802e-00e686d44ee5";
    private static final String XID = "00020005-00000000000000000000ffff7f0001014a2b1c0f66102a5f00001b6d6170702d33-"
            + "00000000000000000000ffff7f0001014a2b1c0f66102a5f00001b6d00000002";
    private static final String SERVER = "k3x81pq07f";
    private static final String FAR_FUTURE = "4102444800000";

    private final TestRedis redis;

    OrderQueues(TestRedis redis) {
        this.redis = redis;
    }

    /** Sixty orders for an article that is unknown, and one with a quantity that is not a number. */
    void addDeadLetters() {
        ((List<?>) redis.call("KEYS", "rq:{orders}:*")).forEach(key -> redis.call("DEL", key));
        redis.call("SADD", "rq:queues", "orders", "receipts", "emails", "invoices");
        for (int i = 0; i < 58; i++) {
            addDeadLetter("01a21e8e-0000-7000-8000-0000000000%02d".formatted(i), "2026-11-27T19:49:00Z", i);
        }
        addDeadLetter("01a21e8e-e796-7173-802e-00e54a655b83", "2026-11-27T19:50:20.606Z", 4711);
        addDeadLetter("01a21e8f-128e-7174-802e-00e5e89cd534", "2026-11-27T19:50:31.606Z", 4712);
        add("orders", POISON, "5117", "{\"item\":\"book\",\"quantity\":\"two\"}");
        deadLetter(
                POISON,
                "2026-11-27T20:37:42.606Z",
                1,
                "RQ-113 The body is not a valid Order: number expected in field 'quantity'");
    }

    private void addDeadLetter(String id, String at, int order) {
        add("orders", id, Integer.toString(order), "{\"item\":\"4711\",\"quantity\":1}");
        deadLetter(id, at, 5, "jakarta.persistence.PersistenceException: Article 4711 is unknown");
    }

    private void add(String queue, String id, String order, String body) {
        redis.call(
                "SET",
                "rq:{" + queue + "}:message:" + id,
                "RQ/1\r\nsent: 2026-11-27T20:36:22Z\r\nOrder-Id: " + order + "\r\n\r\n" + body);
    }

    private void deadLetter(String id, String at, int deliveries, String reason) {
        redis.call("ZADD", "rq:{orders}:dead", Instant.parse(at).toEpochMilli(), id);
        redis.call(
                "HSET", "rq:{orders}:errors", id, "{\"deliveries\":" + deliveries + ",\"reason\":\"" + reason + "\"}");
    }

    /** A dead letter whose id is an option, ends a quoted text, and contains commands. */
    void addHostileId() {
        addDeadLetter("--$(exit)';", "2026-11-27T19:50:20.606Z", 1);
    }

    /** Orders that wait for a consumer. */
    void addReady() {
        redis.call("SADD", "rq:queues", "orders", "invoices");
        for (int i = 1; i <= 12; i++) {
            String id = "01a21ebf-1350-7066-800c-003f0a1a7c%02d".formatted(85 + i);
            add("orders", id, "600" + i, "{\"item\":\"book\",\"quantity\":1}");
            redis.call("LPUSH", "rq:{orders}:ready", id);
        }
        for (String id : new String[] {"1", "2", "3"}) {
            add("invoices", id, id, "{}");
            redis.call("LPUSH", "rq:{invoices}:ready", id);
        }
    }

    /** Three servers, of which one sends no heartbeats, and a receipt that one of them is processing. */
    void addServers() {
        long now = System.currentTimeMillis();
        addServer(SERVER, "app-1", 4242, now + 600_000);
        addServer("9zt4m2c8ah", "app-2", 3977, now + 600_000);
        addServer("0c7yq5d21v", "app-3", 5120, now - 720_000);
        String receipt = "01a21ec7-7019-717a-802f-00e99de9af5a";
        redis.call(
                "SET",
                "rq:{receipts}:message:" + receipt,
                "RQ/1\r\nsent: 2026-11-27T20:51:56Z\r\n\r\n{\"order\":\"5102\"}");
        String claimed = Long.toString(Instant.parse("2026-11-27T20:51:57.069Z").toEpochMilli(), Character.MAX_RADIX);
        redis.call("ZADD", "rq:{receipts}:processing", FAR_FUTURE, receipt + " " + SERVER + ".2." + claimed + ".x");
    }

    private void addServer(String id, String host, int pid, long heartbeat) {
        redis.call("ZADD", "rq:{/}:servers", heartbeat, id);
        redis.call(
                "HSET",
                "rq:{/}:server:" + id,
                "info",
                "{\"host\":\"" + host + "\",\"pid\":\"" + pid + "\",\"applicationServer\":\"WildFly 39.0.1.Final\","
                        + "\"version\":\"1.0.0\",\"started\":\"1795640659069\"}",
                "listener:1",
                "{\"name\":\"OrderListener\",\"queue\":\"orders\",\"concurrency\":15,\"active\":3,"
                        + "\"oldestSince\":1795813455069,\"delivered\":184201,\"failed\":72,\"deadLettered\":31,"
                        + "\"connected\":true,\"lastFailure\":\"jakarta.persistence.PersistenceException: Article"
                        + " 4711 is unknown\",\"lastFailureAt\":1795813455069}",
                "listener:2",
                "{\"name\":\"Receipts.write\",\"queue\":\"receipts\",\"concurrency\":15,\"active\":1,"
                        + "\"oldestSince\":1795812717069,\"delivered\":120011,\"failed\":3,\"deadLettered\":0,"
                        + "\"connected\":true}");
    }

    /** A branch in doubt, whose server is gone. */
    void addBranch() {
        add("orders", "doubted", "5200", "{}");
        redis.call("ZADD", "rq:{orders}:processing", "inf", "doubted t");
        redis.call("SET", "rq:{orders}:staged:" + XID + ":sent", "{}");
        redis.call(
                "HSET",
                "rq:{orders}:prepared",
                XID,
                "{\"time\":1000,\"consumed\":[[\"orders\",\"doubted\",\"t\"]],\"sent\":[[\"orders\",\"sent\",0]]}");
    }

    /** What a program that deletes and writes keys may leave behind. */
    void damage() {
        add("orders", "0001", "1", "{}");
        add("orders", "0003", "3", "{}");
        redis.call("LPUSH", "rq:{orders}:ready", "0003", "0003");
        redis.call("HSET", "rq:{orders}:failures", "gone", "1");
    }
}
