// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.it.reliability.process.FaultPoint.*;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.it.reliability.process.Node;

/** A server freezes during a delivery for longer than its lease, and then continues. */
class FencingIT {

    private static final long LEASE_MILLIS = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static OrderSite site;
    private static Node slow;
    private static Node other;

    @BeforeAll
    static void start() {
        site = new OrderSite();
        slow = site.node("slow", LEASE_MILLIS);
        other = site.node("other", LEASE_MILLIS);
        slow.launch();
        other.start();
        slow.awaitStarted();
    }

    @AfterEach
    void thaw() {
        slow.thaw();
        other.thaw();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    static Stream<Arguments> unprepared() {
        return Stream.of(
                Arguments.of(IN_LISTENER, BookingListener.PASSED_ON),
                Arguments.of(BEFORE_ACKNOWLEDGE_SCRIPT, BookingListener.PASSED_ON),
                Arguments.of(IN_LISTENER, ""),
                Arguments.of(BEFORE_PREPARE_SCRIPT, ""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("unprepared")
    void deliveryHasNoEffectWhenAnotherServerHasClaimedTheMessage(FaultPoint point, String kind) {
        String body = kind + UUID.randomUUID();
        freezeSlowAt(point, body);

        await().atMost(PATIENCE).until(() -> site.done().bodies().contains(body));
        slow.thaw();

        await("the transaction has ended").atMost(PATIENCE).until(() -> slow.activeTransactions() == 0);
        await().atMost(PATIENCE).until(site::isSettled);
        assertThat(site.done().bodies()).containsOnlyOnce(body);
        if (!kind.equals(BookingListener.PASSED_ON)) {
            assertThat(bookedBy(body)).containsExactly(other.name());
        }
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"AFTER_PREPARE_SCRIPT", "AFTER_LOG"})
    void preparedMessageIsNotClaimedByAnotherConsumerAtAnyOtherPoint(FaultPoint point) {
        preparedMessageIsNotClaimedByAnotherConsumer(point);
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_DATABASE_PREPARE", "BEFORE_COMMIT_SCRIPT"})
    void preparedMessageIsNotClaimedByAnotherConsumer(FaultPoint point) {
        String body = UUID.randomUUID().toString();
        freezeSlowAt(point, body);

        await().during(Duration.ofMillis(2 * LEASE_MILLIS + 1_000))
                .atMost(PATIENCE)
                .until(() -> site.orders().processing().containsValue("inf"));
        assertThat(site.done().bodies()).doesNotContain(body);
        slow.thaw();

        await().atMost(PATIENCE).until(site::isSettled);
        assertThat(site.done().bodies()).containsOnlyOnce(body);
        assertThat(bookedBy(body)).containsExactly(slow.name());
    }

    /** Freezes the other server until the slow one has received the message. */
    private static void freezeSlowAt(FaultPoint point, String body) {
        slow.arm(point, Fault.FREEZE);
        other.freeze();
        site.orders().push(body);
        slow.awaitFrozen();
        other.thaw();
    }

    private static List<String> bookedBy(String body) {
        return site.database().query("SELECT node FROM bookings WHERE body = ?", body);
    }
}
