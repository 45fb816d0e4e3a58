// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * Emits events of deliveries as notifications. A dedicated thread calls the listeners, so that a slow one does not delay
 * deliveries; if too many notifications wait for it, further ones are dropped and counted.
 */
final class Notifications implements DeliveryObserver {

    static final int MAX_WAITING = 1_000;

    private static final long THREAD_KEPT_SECONDS = 10;
    private static final long LONGEST_STOP_SECONDS = 1;

    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Emitter emitter = new Emitter();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            THREAD_KEPT_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            new AdapterThreadFactory("redis-queue-jmx"),
            (notification, pool) -> dropped.incrementAndGet());

    private volatile @Nullable ObjectName source;

    /** The kinds of notifications. */
    enum Kind {
        DEAD_LETTER("deadLetter", "A message has become a dead letter."),
        BRANCH_IN_DOUBT("branch.inDoubt", "A delivery has ended with a prepared branch that waits for recovery."),
        CONNECTION_LOST("connection.lost", "A queue cannot be consumed because Redis does not answer."),
        CONNECTION_RESTORED("connection.restored", "Redis answers again."),
        QUEUE_PAUSED("queue.paused", "A queue is paused."),
        QUEUE_RESUMED("queue.resumed", "A queue is resumed."),
        LISTENER_PAUSED("listener.paused", "A listener of this process is paused."),
        LISTENER_RESUMED("listener.resumed", "A listener of this process is resumed."),
        BREAKER_OPENED("breaker.opened", "The circuit breaker of a listener of this process has opened."),
        BREAKER_CLOSED("breaker.closed", "The circuit breaker of a listener of this process has closed.");

        private final String type;
        private final String description;

        Kind(String name, String description) {
            this.type = "org.redisqueue." + name;
            this.description = description;
        }

        private MBeanNotificationInfo info() {
            return new MBeanNotificationInfo(new String[] {type}, Notification.class.getName(), description);
        }
    }

    /** Knows whether anyone has ever listened. */
    private static final class Emitter extends NotificationBroadcasterSupport {

        private volatile boolean used;

        @Override
        public void addNotificationListener(
                NotificationListener listener, @Nullable NotificationFilter filter, @Nullable Object handback) {
            used = true;
            super.addNotificationListener(listener, filter, handback);
        }

        @Override
        public MBeanNotificationInfo[] getNotificationInfo() {
            Kind[] kinds = Kind.values();
            MBeanNotificationInfo[] infos = new MBeanNotificationInfo[kinds.length];
            for (int i = 0; i < kinds.length; i++) {
                infos[i] = kinds[i].info();
            }
            return infos;
        }
    }

    Notifications() {
        thread.allowCoreThreadTimeOut(true);
    }

    NotificationEmitter emitter() {
        return emitter;
    }

    /** Starts to emit notifications, in the name of a bean. */
    void start(ObjectName bean) {
        source = bean;
    }

    /** Returns how many notifications were dropped. */
    long dropped() {
        return dropped.get();
    }

    /** Emits what waits, and ends. Does not wait for a listener that hangs. */
    void stop() {
        source = null;
        thread.shutdown();
        try {
            thread.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }

    private void emit(Kind kind, Map<String, String> data) {
        ObjectName bean = source;
        if (bean == null || !emitter.used) {
            return;
        }
        Notification notification = new Notification(
                kind.type, bean, sequence.incrementAndGet(), System.currentTimeMillis(), kind.description);
        notification.setUserData(new HashMap<>(data));
        thread.execute(() -> emitter.sendNotification(notification));
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        deadLetteredByClaim(message.lease().queue(), message.lease().id(), reason);
    }

    @Override
    public void deadLetteredByClaim(String queue, String id, String reason) {
        emit(Kind.DEAD_LETTER, Map.of("queue", queue, "id", PrintableText.of(id), "reason", PrintableText.of(reason)));
    }

    @Override
    public void inDoubt(ClaimedMessage message, long processingNanos) {
        emit(
                Kind.BRANCH_IN_DOUBT,
                Map.of(
                        "queue",
                        message.lease().queue(),
                        "id",
                        PrintableText.of(message.lease().id())));
    }

    @Override
    public void connectionLost(String queue, Throwable cause) {
        emit(Kind.CONNECTION_LOST, Map.of("queue", queue, "reason", Failures.describe(cause)));
    }

    @Override
    public void connectionRestored(String queue) {
        emit(Kind.CONNECTION_RESTORED, Map.of("queue", queue));
    }

    @Override
    public void breakerOpened(String queue, int failures, long waitMillis, String reason) {
        emit(Kind.BREAKER_OPENED, Map.of("queue", queue, "reason", PrintableText.of(reason)));
    }

    @Override
    public void breakerClosed(String queue, long openMillis) {
        emit(Kind.BREAKER_CLOSED, Map.of("queue", queue));
    }

    @Override
    public void paused(String queue, PauseScope scope) {
        emit(scope == PauseScope.QUEUE ? Kind.QUEUE_PAUSED : Kind.LISTENER_PAUSED, Map.of("queue", queue));
    }

    @Override
    public void resumed(String queue, PauseScope scope) {
        emit(scope == PauseScope.QUEUE ? Kind.QUEUE_RESUMED : Kind.LISTENER_RESUMED, Map.of("queue", queue));
    }
}
