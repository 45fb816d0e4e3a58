// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.it.reliability.process.Node;

/** A server dies while a CDI bean handles a message, at the points that differ from those of a message-driven bean. */
class CdiCrashPointsIT {

    private static final long LEASE_MILLIS = 5_000;

    private static OrderSite site;
    private static Node node;
    private static Restart restart;

    @BeforeAll
    static void start() {
        site = OrderSite.ofCdiBeans();
        node = site.node("crashing", LEASE_MILLIS);
        restart = new Restart(site, node, new Report("cdi-crash-points"));
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

    @ParameterizedTest
    @EnumSource(names = {"IN_LISTENER", "AFTER_PREPARE_SCRIPT", "BEFORE_COMMIT_SCRIPT"})
    void deliveryTakesEffectOnce(FaultPoint point) {
        String body = UUID.randomUUID() + BookingListener.PUBLISHED;
        node.arm(point, Fault.HALT);
        site.orders().push(body);
        node.awaitEnd();
        restart.recover("delivery", point, "");
        assertThat(site.done().bodies()).containsOnlyOnce(body);
        assertThat(site.booked(body)).isOne();
        assertThat(site.copied(body)).isEqualTo(Collections.nCopies(OrderSite.COPIES, 1L));
    }
}
