// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.ClaimingListener;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.StoredMessage;

class ListenerStatisticsTest {

    private static final ClaimingListener LISTENER = new ClaimingListener(1, "Receipts.issue");

    private final DeliveryCounts counts = new DeliveryCounts();
    private final ConnectionLosses losses = new ConnectionLosses();
    private final ListenerStatistics statistics = new ListenerStatistics(LISTENER, "orders", 5, counts, losses);

    private ListenerStatistics.Figures figures() {
        return statistics.figures();
    }

    private ClaimedMessage started() {
        ClaimedMessage message = StoredMessage.claimed(new byte[0]);
        try {
            statistics.started(message, ReceivedMessage.of(message));
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
        return message;
    }

    @Test
    void unusedListenerIsIdle() {
        assertThat(figures())
                .isEqualTo(new ListenerStatistics.Figures(
                        "Receipts.issue", "orders", 5, 0, 0, 0, 0, 0, null, false, false, true));
    }

    @Test
    void deliveryIsActiveUntilItIsAcknowledged() {
        long before = System.currentTimeMillis();
        ClaimedMessage message = started();

        assertThat(figures().active()).isEqualTo(1);
        assertThat(figures().oldestSince()).isBetween(before, System.currentTimeMillis());

        statistics.acknowledged(message, 1, null);

        assertThat(figures().active()).isZero();
        assertThat(figures().oldestSince()).isZero();
        assertThat(figures().delivered()).isEqualTo(1);
    }

    @Test
    void deliveryIsNotActiveHoweverItEnds() {
        statistics.redelivered(started(), 1, 0, "why");
        statistics.deadLettered(started(), 1, "why");
        statistics.released(List.of(started(), started()));
        statistics.abandoned(started(), 1);
        statistics.inDoubt(started(), 1);
        statistics.unconfirmed(started(), 1, "acknowledge", new IOException());

        assertThat(figures().active()).isZero();
    }

    @Test
    void deadLettersCountAsFailedDeliveriesUnlessAClaimFindsThem() {
        statistics.redelivered(started(), 1, 0, "first");
        statistics.deadLettered(started(), 1, "second");
        statistics.deadLetteredByClaim("orders", "m1", "third");

        assertThat(figures().failed()).isEqualTo(2);
        assertThat(figures().deadLettered()).isEqualTo(2);
        assertThat(figures().lastFailure().reason()).isEqualTo("second");
        assertThat(figures().lastFailure().millis()).isLessThanOrEqualTo(System.currentTimeMillis());
    }

    @Test
    void reasonIsPrintableAndShort() {
        statistics.redelivered(started(), 1, 0, "a\nb" + "\ud83d\ude00".repeat(500));

        assertThat(figures().lastFailure().reason())
                .startsWith("a\\nb\ud83d\ude00")
                .endsWith("\ud83d\ude00…")
                .hasSizeLessThanOrEqualTo(500);
    }

    @Test
    void listenerIsPausedWhileItOrItsQueueIs() {
        statistics.paused("orders", PauseScope.QUEUE);
        statistics.paused("orders", PauseScope.LISTENER);
        statistics.resumed("orders", PauseScope.QUEUE);
        assertThat(figures().paused()).isTrue();

        statistics.resumed("orders", PauseScope.LISTENER);
        assertThat(figures().paused()).isFalse();
    }

    @Test
    void listenerIsNotConnectedWhileItCannotConsume() {
        statistics.connectionLost("orders", new IOException());
        assertThat(figures().connected()).isFalse();

        statistics.connectionRestored("orders");
        assertThat(figures().connected()).isTrue();
    }

    @Test
    void listenerHasEndedWhenItsLastDeliveryHas() {
        ClaimedMessage message = started();
        statistics.end();
        assertThat(statistics.hasEnded()).isFalse();

        statistics.acknowledged(message, 1, null);
        assertThat(statistics.hasEnded()).isTrue();
    }

    @Test
    void deliveriesAreCountedOnceForTheHistoryOfTheQueue() {
        statistics.acknowledged(started(), 1, null);
        statistics.acknowledged(started(), 1, null);
        statistics.deadLettered(started(), 1, "why");
        new ReceiveStatistics(counts).acknowledged(StoredMessage.claimed(new byte[0]), 1, null);

        assertThat(counts.take()).isEqualTo(Map.of("orders", new Deliveries(2, 1), "queue", new Deliveries(1, 0)));
        assertThat(counts.take()).isEmpty();
    }
}
