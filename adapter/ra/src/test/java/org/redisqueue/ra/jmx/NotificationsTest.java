// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import javax.management.Notification;
import javax.management.NotificationListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.observer.PauseScope;

/** How notifications are emitted. */
class NotificationsTest {

    private final Notifications notifications = new Notifications();
    private final List<Notification> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch calling = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void stop() {
        end.countDown();
        notifications.stop();
    }

    private void start(NotificationListener listener) {
        notifications.emitter().addNotificationListener(listener, null, null);
        notifications.start(RemoteClient.name("Adapter", "test"));
    }

    private void receiveSlowly(Notification notification, Object handback) {
        calling.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        received.add(notification);
    }

    @Test
    void eachEventHasItsType() {
        start((notification, handback) -> received.add(notification));

        notifications.deadLetteredByClaim("orders", "17", "no stock");
        notifications.connectionLost("orders", new IllegalStateException("refused"));
        notifications.connectionRestored("orders");
        notifications.paused("orders", PauseScope.QUEUE);
        notifications.resumed("orders", PauseScope.QUEUE);
        notifications.paused("orders", PauseScope.LISTENER);
        notifications.resumed("orders", PauseScope.LISTENER);
        notifications.breakerOpened("orders", 20, 1_000, "no database");
        notifications.breakerClosed("orders", 5_000);

        await().untilAsserted(() -> assertThat(received)
                .extracting(Notification::getType)
                .containsExactly(
                        "org.redisqueue.deadLetter",
                        "org.redisqueue.connection.lost",
                        "org.redisqueue.connection.restored",
                        "org.redisqueue.queue.paused",
                        "org.redisqueue.queue.resumed",
                        "org.redisqueue.listener.paused",
                        "org.redisqueue.listener.resumed",
                        "org.redisqueue.breaker.opened",
                        "org.redisqueue.breaker.closed"));
        assertThat(received.get(0).getUserData().toString()).contains("queue=orders", "id=17", "reason=no stock");
        assertThat(received.get(1).getUserData().toString()).contains("queue=orders", "reason=refused");
        assertThat(RemoteClient.copy(received.get(0)).getMessage()).isNotBlank();
    }

    @Test
    void listenerThatHangsDelaysNothing() throws Exception {
        start(this::receiveSlowly);
        notifications.connectionRestored("orders");
        calling.await();

        for (int i = 0; i < Notifications.MAX_WAITING + 5; i++) {
            notifications.connectionRestored("orders");
        }

        assertThat(notifications.dropped()).isEqualTo(5);
        end.countDown();
        await().untilAsserted(() -> assertThat(received)
                .extracting(Notification::getSequenceNumber)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, Notifications.MAX_WAITING + 1)
                        .boxed()
                        .toList()));
    }

    @Test
    void listenerThatFailsDoesNotAffectOthers() {
        notifications
                .emitter()
                .addNotificationListener(
                        (notification, handback) -> {
                            throw new IllegalStateException("listener");
                        },
                        null,
                        null);
        start((notification, handback) -> received.add(notification));

        notifications.connectionRestored("orders");
        notifications.connectionRestored("receipts");

        await().untilAsserted(() -> assertThat(received).hasSize(2));
    }

    @Test
    void whatWaitsIsEmittedWhenTheAdapterStops() {
        start((notification, handback) -> received.add(notification));
        notifications.connectionRestored("orders");

        notifications.stop();
        notifications.connectionRestored("orders");

        assertThat(received).hasSize(1);
    }
}
