// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueStatus;

/** How often the figures of queues are read. */
class SnapshotTest {

    private final List<String> calls = new ArrayList<>();
    private RuntimeException failure;
    private long ready;
    private long now;

    private final QueueAdmin admin = (QueueAdmin) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {QueueAdmin.class}, (proxy, method, arguments) -> {
                calls.add(method.getName());
                if (failure != null) {
                    throw failure;
                }
                return switch (method.getName()) {
                    case "queues" -> List.of(status("orders"), status("receipts"));
                    case "queue" -> status((String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.toString());
                };
            });

    private final Snapshot snapshot = new Snapshot(admin, () -> now);

    private QueueStatus status(String name) {
        return new QueueStatus(name, ready, 0, 0, 0, 0, 0, 0, null, false, null, 0, 0, 0, Map.of());
    }

    private QueueBean bean(String queue) {
        return new QueueBean(queue, "redis", admin, snapshot);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void nothingIsReadUntilSomeoneAsks() {
        bean("orders").getName();

        assertThat(calls).isEmpty();
    }

    @Test
    void allAttributesOfAllQueuesComeFromOneCall() {
        for (QueueBean bean : List.of(bean("orders"), bean("receipts"))) {
            bean.getReady();
            bean.getDead();
            bean.isPaused();
            bean.getOldestReadySeconds();
        }

        assertThat(calls).containsExactly("queues");
    }

    @Test
    void figuresAreAtMostFiveSecondsOld() {
        QueueBean bean = bean("orders");
        bean.getReady();
        ready = 7;
        pass(Duration.ofSeconds(5));
        assertThat(bean.getReady()).isZero();

        pass(Duration.ofMillis(1));

        assertThat(bean.getReady()).isEqualTo(7);
        assertThat(calls).containsExactly("queues", "queues");
    }

    @Test
    void queueThatIsNotListedIsReadOnceForEachSnapshot() {
        QueueBean bean = bean("new");
        bean.getReady();
        bean.getDead();

        assertThat(calls).containsExactly("queues", "queue");
    }

    @Test
    void failureIsNotRepeatedForEachAttribute() {
        QueueBean bean = bean("orders");
        failure = new QueueAdminException(QueueAdminException.Kind.UNAVAILABLE, "Redis does not answer.");

        assertThatThrownBy(bean::getReady)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Redis does not answer.");
        assertThatThrownBy(bean::getDead).hasMessage("Redis does not answer.");
        assertThat(calls).containsExactly("queues");

        failure = null;
        pass(Duration.ofSeconds(6));
        assertThat(bean.getReady()).isZero();
    }
}
