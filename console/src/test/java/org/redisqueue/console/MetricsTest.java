// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.redisqueue.console.ConsoleServer.ADMIN;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.QueueAdminException;

/** The metrics for Prometheus. */
class MetricsTest {

    private final ConsoleClient viewer = ConsoleClient.viewer();

    @BeforeEach
    @AfterEach
    void reset() {
        ADMIN.reset();
    }

    @Test
    void gaugesOfQueuesAreMarkedAsShared() {
        HttpResponse<String> response = viewer.get("metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).matches("text/plain; ?version=0.0.4.*");
        assertThat(response.body().lines())
                .contains(
                        "# TYPE redis_queue_messages gauge",
                        "redis_queue_messages{place=\"ready\",queue=\"orders\",scope=\"redis\"} 1.0",
                        "redis_queue_messages{place=\"in_doubt\",queue=\"orders\",scope=\"redis\"} 6.0",
                        "redis_queue_messages{place=\"dead\",queue=\"orders\",scope=\"redis\"} 7.0",
                        "redis_queue_oldest_ready_seconds{queue=\"orders\",scope=\"redis\"} 8.9",
                        "redis_queue_paused{queue=\"orders\",scope=\"redis\"} 1.0",
                        "redis_queue_rate_limit_per_second{queue=\"orders\",scope=\"redis\"} 5.0",
                        "redis_queue_concurrency_limit{queue=\"orders\",scope=\"redis\"} 5.0",
                        "redis_queue_in_doubt_branches{scope=\"redis\"} 1.0",
                        "redis_queue_in_doubt_oldest_seconds{scope=\"redis\"} 90.0",
                        "redis_queue_in_doubt_malformed_branches{scope=\"redis\"} 0.0",
                        "redis_queue_server_alive{host=\"host1\",server=\"srv1\"} 1.0",
                        "redis_queue_server_stopped{host=\"host1\",server=\"srv1\"} 0.0",
                        "# TYPE redis_queue_server_unrouted_total counter",
                        "redis_queue_server_unrouted_total{host=\"host1\",server=\"srv1\"} 17.0");
    }

    @Test
    void malformedBranchWithoutAgeIsCounted() {
        ADMIN.addMalformedBranch();

        assertThat(viewer.get("metrics").body().lines())
                .contains(
                        "redis_queue_in_doubt_branches{scope=\"redis\"} 2.0",
                        "redis_queue_in_doubt_malformed_branches{scope=\"redis\"} 1.0");
    }

    @Test
    void ageOfTheLastHeartbeatIsMeasured() {
        assertThat(seconds("redis_queue_server_last_heartbeat_seconds")).isCloseTo(sinceTime(), within(5.0));
    }

    @Test
    void listenersOfOneNameAreAdded() {
        assertThat(viewer.get("metrics").body().lines())
                .contains("# TYPE redis_queue_listener_delivered_total counter")
                .anyMatch(line -> line.startsWith("redis_queue_listener_delivered_total{")
                        && line.contains("listener=\"Listener.on\"")
                        && line.endsWith(" 200.0"));
    }

    @Test
    void oldestDeliveryOfListenersOfOneNameIsReported() {
        assertThat(seconds("redis_queue_listener_oldest_delivery_seconds")).isCloseTo(sinceTime(), within(5.0));
    }

    private static double sinceTime() {
        return Math.max(0, Duration.between(FakeQueueAdmin.TIME, Instant.now()).toSeconds());
    }

    /** The value of a metric that has one data point. */
    private double seconds(String metric) {
        List<String> lines = viewer.get("metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{"))
                .toList();
        assertThat(lines).hasSize(1);
        String line = lines.get(0);
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void unreachableRedisIsReported() {
        ADMIN.failWith(new QueueAdminException(QueueAdminException.Kind.UNAVAILABLE, "Redis is down."));

        assertThat(viewer.get("metrics").statusCode()).isEqualTo(503);
    }
}
