// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.it.reliability.process.FaultPoint.*;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.it.reliability.process.Node;

/**
 * Kills a server at each point in a transaction that spans Redis and a database, and restarts it. The effects of the
 * transaction are then complete or absent, and no trace of the transaction itself remains. One of the effects is a message that
 * is published to five queues.
 */
class CrashPointsIT {

    private static final long LEASE_MILLIS = 15_000;

    private static OrderSite site;
    private static Node node;
    private static Restart restart;

    @BeforeAll
    static void start() {
        site = new OrderSite();
        node = site.node("crashing", LEASE_MILLIS);
        restart = new Restart(site, node, new Report("crash-points"));
        site.bindCopies();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @BeforeEach
    void run() {
        node.ensureRunning();
    }

    static Stream<Arguments> deliveries() {
        return Stream.of(
                Arguments.of(AFTER_PREPARE_SCRIPT, ""),
                Arguments.of(AFTER_COMMIT_SCRIPT, ""),
                Arguments.of(AFTER_ACKNOWLEDGE_SCRIPT, BookingListener.PASSED_ON),
                Arguments.of(BEFORE_REDELIVER_SCRIPT, BookingListener.ROLLED_BACK));
    }

    static Stream<Arguments> moreDeliveries() {
        return Stream.of(
                Arguments.of(AFTER_CLAIM, ""),
                Arguments.of(IN_LISTENER, ""),
                Arguments.of(BEFORE_PREPARE, ""),
                Arguments.of(BEFORE_PREPARE_SCRIPT, ""),
                Arguments.of(BEFORE_DATABASE_PREPARE, ""),
                Arguments.of(AFTER_DATABASE_PREPARE, ""),
                Arguments.of(AFTER_LOG, ""),
                Arguments.of(BEFORE_COMMIT_SCRIPT, ""),
                Arguments.of(BEFORE_DATABASE_COMMIT, ""),
                Arguments.of(AFTER_DATABASE_COMMIT, ""),
                Arguments.of(BEFORE_ACKNOWLEDGE_SCRIPT, BookingListener.PASSED_ON),
                Arguments.of(BEFORE_ROLLBACK, BookingListener.ROLLED_BACK),
                Arguments.of(AFTER_ROLLBACK, BookingListener.ROLLED_BACK),
                Arguments.of(BEFORE_ROLLBACK_SCRIPT, BookingListener.REFUSED),
                Arguments.of(AFTER_ROLLBACK, BookingListener.REFUSED));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("deliveries")
    void deliveryTakesEffectOnce(FaultPoint point, String kind) {
        String body = kind + UUID.randomUUID() + BookingListener.PUBLISHED;
        node.arm(point, Fault.HALT);
        site.orders().push(body);
        node.awaitEnd();
        recover("delivery", point, kind);
        assertThat(site.done().bodies()).containsOnlyOnce(body);
        assertThat(site.booked(body)).isEqualTo(kind.equals(BookingListener.PASSED_ON) ? 0 : 1);
        assertCopied(body, 1);
    }

    @Tag("soak")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("moreDeliveries")
    void deliveryTakesEffectOnceAtAnyOtherPoint(FaultPoint point, String kind) {
        deliveryTakesEffectOnce(point, kind);
    }

    static Stream<Arguments> recoveries() {
        return Stream.of(Arguments.of(AFTER_LOG, AFTER_RECOVERED_COMMIT));
    }

    static Stream<Arguments> moreRecoveries() {
        return Stream.of(
                Arguments.of(AFTER_LOG, AFTER_RECOVERY_LISTED),
                Arguments.of(AFTER_LOG, BEFORE_RECOVERED_COMMIT),
                Arguments.of(AFTER_DATABASE_PREPARE, BEFORE_RECOVERED_ROLLBACK),
                Arguments.of(AFTER_DATABASE_PREPARE, AFTER_RECOVERED_ROLLBACK));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("recoveries")
    void deliveryTakesEffectOnceWhenRecoveryIsKilledToo(FaultPoint point, FaultPoint inRecovery) {
        String body = UUID.randomUUID() + BookingListener.PUBLISHED;
        node.arm(point, Fault.HALT);
        site.orders().push(body);
        node.awaitEnd();
        node.launchArmed(inRecovery, Fault.HALT);
        node.awaitEnd();
        recover("recovery", inRecovery, "");
        assertThat(site.done().bodies()).containsOnlyOnce(body);
        assertThat(site.booked(body)).isOne();
        assertCopied(body, 1);
    }

    @Tag("soak")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("moreRecoveries")
    void deliveryTakesEffectOnceWhenRecoveryIsKilledAtAnyOtherPoint(FaultPoint point, FaultPoint inRecovery) {
        deliveryTakesEffectOnceWhenRecoveryIsKilledToo(point, inRecovery);
    }

    static Stream<Arguments> orders() {
        return Stream.of(Arguments.of(AFTER_LOG, "", true));
    }

    static Stream<Arguments> moreOrders() {
        return Stream.of(
                Arguments.of(IN_APPLICATION, "", false),
                Arguments.of(BEFORE_PREPARE, "", false),
                Arguments.of(AFTER_DATABASE_PREPARE, "", false),
                Arguments.of(AFTER_DATABASE_COMMIT, "", true),
                Arguments.of(BEFORE_PREPARE_SCRIPT, "", false),
                Arguments.of(AFTER_PREPARE_SCRIPT, "", false),
                Arguments.of(BEFORE_DATABASE_PREPARE, "", false),
                Arguments.of(BEFORE_DATABASE_COMMIT, "", true),
                Arguments.of(BEFORE_COMMIT_SCRIPT, "", true),
                Arguments.of(AFTER_COMMIT_SCRIPT, "", true),
                Arguments.of(BEFORE_ROLLBACK, BookingListener.REFUSED, false),
                Arguments.of(AFTER_ROLLBACK, BookingListener.REFUSED, false),
                Arguments.of(BEFORE_ROLLBACK, BookingListener.ROLLED_BACK, false),
                Arguments.of(AFTER_ROLLBACK, BookingListener.ROLLED_BACK, false));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("orders")
    void orderTakesEffectOnceIfDecidedAndOtherwiseNotAtAll(FaultPoint point, String kind, boolean decided) {
        String body = kind + UUID.randomUUID() + BookingListener.PUBLISHED;
        node.arm(point, Fault.HALT);
        CompletableFuture<Integer> answer = Background.supply(() -> node.post("/orders", "body", body));
        node.awaitEnd();
        assertThat(answer)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(UncheckedIOException.class);
        recover("order", point, kind);
        int times = decided ? 1 : 0;
        assertThat(site.ordered(body)).as("ordered").isEqualTo(times);
        assertThat(site.booked(body)).as("booked").isEqualTo(times);
        assertThat(site.done().bodies().stream().filter(body::equals)).hasSize(times);
        assertCopied(body, times);
    }

    @Tag("soak")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("moreOrders")
    void orderTakesEffectAsDecidedAtAnyOtherPoint(FaultPoint point, String kind, boolean decided) {
        orderTakesEffectOnceIfDecidedAndOtherwiseNotAtAll(point, kind, decided);
    }

    /** Asserts that all five queues that the message was published to have it this many times. */
    private static void assertCopied(String body, long times) {
        assertThat(site.copied(body)).isEqualTo(Collections.nCopies(OrderSite.COPIES, times));
    }

    private static void recover(String what, FaultPoint point, String kind) {
        restart.recover(what, point, kind);
    }
}
