// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.protocol.HeartbeatOperations;

class ServersTest {

    private final TestAdmin test = new TestAdmin();
    private final HeartbeatOperations heartbeats = test.operations.admin().heartbeats();
    private final Servers servers = new Servers(test.operations, Duration.ofMillis(300), Duration.ZERO);

    @AfterEach
    void close() {
        test.close();
    }

    private void beat(String server, String... queues) {
        Map<String, String> fields = new java.util.HashMap<>();
        fields.put("info", "{\"host\":\"" + server + ".example\",\"pid\":17,\"started\":1767225600123}");
        for (int i = 0; i < queues.length; i++) {
            fields.put("listener:" + (i + 1), "{\"name\":\"Listener" + (i + 1) + "\",\"queue\":\"" + queues[i] + "\"}");
        }
        assertThat(heartbeats.beat(server, true, fields, List.of()).join()).isTrue();
    }

    @Test
    void thereAreNoServersAtFirst() {
        assertThat(servers.all()).isEmpty();
        assertThat(servers.consumers()).isEmpty();
    }

    @Test
    void serverIsDeadSomeTimeAfterItsLastHeartbeat() {
        beat("killed");
        assertThat(servers.all()).extracting(ServerStatus::alive).containsExactly(true);

        await().untilAsserted(() ->
                assertThat(servers.all()).extracting(ServerStatus::alive).containsExactly(false));
        assertThat(servers.all().get(0).stopped()).isFalse();
        assertThat(servers.all().get(0).started()).isEqualTo(Instant.ofEpochMilli(1767225600123L));

        beat("another");
        assertThat(servers.all()).extracting(ServerStatus::id).containsExactly("another", "killed");
    }

    @Test
    void queuesHaveTheListenersOfAllLivingServersAsConsumers() {
        beat("server1", "orders", "orders", "invoices");
        beat("server2", "orders");

        assertThat(new Servers(test.operations).consumers()).isEqualTo(Map.of("orders", 3, "invoices", 1));

        await().untilAsserted(() -> assertThat(servers.consumers()).isEmpty());
    }

    @Test
    void consumersAreReadOncePerPeriod() {
        Servers caching = new Servers(test.operations, Duration.ofMinutes(1), Duration.ofMinutes(1));
        assertThat(caching.consumers()).isEmpty();
        beat("server1", "orders");

        assertThat(caching.consumers()).isEmpty();
        assertThat(caching.all()).hasSize(1);
    }

    @Test
    void holderIsKnownByItsToken() {
        beat("abcdefghij", "orders");
        Instant since = Instant.ofEpochMilli(36 * 36);

        assertThat(servers.holder("abcdefghij.1.100.random"))
                .isEqualTo(new Holder("abcdefghij", "abcdefghij.example", "Listener1", since));
        assertThat(servers.holder("abcdefghij.0.100.random"))
                .isEqualTo(new Holder("abcdefghij", "abcdefghij.example", null, since));
        assertThat(servers.holder("0000000000.1.100.random")).isEqualTo(new Holder("0000000000", null, null, since));
        assertThat(servers.holder("of-another-client")).isEqualTo(new Holder(null, null, null, null));
    }

    @Test
    void manyServersAreReadInSeveralCalls() {
        String[] queues = new String[300];
        java.util.Arrays.fill(queues, "orders");
        for (int i = 0; i < 20; i++) {
            beat("server" + i, queues);
        }
        assertThat(servers.all())
                .hasSize(20)
                .allMatch(server -> server.listeners().size() == 300);
    }

    @Test
    void serversThatSendHeartbeatsBetweenPagesAreNotOmitted() {
        for (int i = 0; i < 1_200; i++) {
            test.call("ZADD", test.prefix + ":{/}:servers", 1_000 + i / 3, "server" + i);
        }
        Set<String> read = new HashSet<>();
        String cursor = HeartbeatOperations.FIRST_PAGE;
        int pages = 0;
        while (!cursor.isEmpty()) {
            HeartbeatOperations.Page page = heartbeats.servers(cursor).join();
            page.servers().forEach(server -> read.add(server.id()));
            cursor = page.next();
            if (++pages <= 3) { // those that were read move to the end
                page.servers().forEach(server -> test.call("ZADD", test.prefix + ":{/}:servers", 9_000, server.id()));
            }
        }

        assertThat(pages).isGreaterThan(2);
        assertThat(read).hasSize(1_200);
    }

    @Test
    void manyServersWithTheSameTimeAreReadInSeveralCalls() {
        for (int i = 0; i < 1_200; i++) {
            test.call("ZADD", test.prefix + ":{/}:servers", 5, "server" + i);
        }
        assertThat(servers.all()).hasSize(1_200);
    }

    @Test
    void hugeRecordsAreTolerated() {
        String key = test.prefix + ":{/}:server:";
        test.call("ZADD", test.prefix + ":{/}:servers", 5, "names", 5, "listeners", 5, "x".repeat(100_000));
        String name = "x".repeat(1_000_000);
        test.call("HSET", key + "names", "info", "{\"host\":\"" + name + "\",\"pid\":" + "9".repeat(100_000) + "}");
        test.call(
                "HSET",
                key + "names",
                "listener:1",
                "{\"name\":\"" + name + "\",\"queue\":\"" + name + "\",\"concurrency\":999999999999999}");
        test.call(
                "EVAL",
                "for i = 1, 20000 do redis.call('HSET', KEYS[1], 'listener:' .. i, '{}') end",
                1,
                key + "listeners");

        assertThat(servers.all()).extracting(ServerStatus::id).containsExactly("listeners", "names");
        ServerStatus.Listener listener = servers.all().get(1).listeners().get(0);
        assertThat(listener.name()).hasSize(1_000);
        assertThat(listener.concurrency()).isPositive();
        assertThat(servers.consumers()).isEmpty();
    }

    @Test
    void malformedRecordsAreTolerated() {
        test.call("ZADD", test.prefix + ":{/}:servers", 5, "string", 6, "nothing", 7, "odd", "inf", "x", -1, "y");
        test.call("SET", test.prefix + ":{/}:server:string", "value");
        test.call(
                "HSET",
                test.prefix + ":{/}:server:odd",
                "info",
                "{",
                "listener:1",
                "7",
                "listener:2",
                "{}",
                "listener:3",
                "{\"active\":\"many\",\"queue\":[1]}",
                "listener:4",
                "null");

        assertThat(servers.all()).extracting(ServerStatus::id).containsExactly("nothing", "odd", "string");
        assertThat(servers.all().get(1).listeners()).hasSize(1);
    }

    @Test
    void serversThatDiedADayAgoAreForgotten() {
        test.call("ZADD", test.prefix + ":{/}:servers", 5, "old");

        beat("server1");

        assertThat(servers.all()).extracting(ServerStatus::id).containsExactly("server1");
    }
}
