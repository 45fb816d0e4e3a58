// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.ForwardingBean;
import org.redisqueue.it.app.ForwardingListener;
import org.redisqueue.it.app.Gate;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.TestRedis;

/** Undeploys, redeploys or suspends an application with its resource adapter while messages are in flight. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Tag("alone") // suspends the server
class UndeploymentIT {

    private static final EnterpriseArchive APPLICATION = application();
    private static final String LOAD = "undeployment.load";
    private static final int HELD = 4;
    private static final int MESSAGES = 300;

    @ContainerResource
    private ManagementClient management;

    private Server server;

    private static EnterpriseArchive application() {
        Beans beans = Beans.of(Archives.IN_EAR)
                .consuming(LOAD, ForwardingListener.class, "maxConcurrency=10")
                .consuming("undeployment.outlasting", ForwardingListener.class, "drainTimeout=1000")
                .consuming("undeployment.suspended", ForwardingListener.class);
        return Archives.ear(Archives.rar(), Archives.withCdi(Archives.war(beans)))
                .addAsLibrary(Archives.CDI_EXTENSION);
    }

    @BeforeEach
    void deploy() {
        server = new Server(management);
        TestedServer.current().undeployAdapter();
        server.deploy(APPLICATION);
    }

    @AfterEach
    void undeploy() {
        server.undeploy(APPLICATION.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {LOAD, ForwardingBean.QUEUE})
    void undeploymentUnderLoadNeitherLosesNorRepeatsMessagesNorLeaksThreads(String name) {
        Queue queue = queue(name);
        Queue done = queue(name + ".done");
        Gate gate = new Gate(queue.name());
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < HELD; i++) {
            push(queue, bodies, "hold");
        }
        await().until(() -> gate.reached(queue::call) == HELD);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> load = Background.run(() -> {
            while (!enough.get()) {
                if (queue.ready().size() < MESSAGES) {
                    push(queue, bodies, "message");
                }
            }
        });
        try {
            await().until(() -> done.ready().size() > MESSAGES);
            CompletableFuture<Void> undeployment = Background.run(() -> server.undeploy(APPLICATION.getName()));
            await().during(Duration.ofSeconds(2)).until(() -> !undeployment.isDone());
            gate.open(queue::call, HELD);
            assertThat(undeployment).succeedsWithin(Duration.ofSeconds(20));
        } finally {
            enough.set(true);
        }
        load.join();

        assertThat(queue.processing()).isEmpty();
        assertThat(queue.dead()).isEmpty();
        assertThat(queue.ready()).as("remaining messages").isNotEmpty();
        assertThat(queue.ready().size() + done.ready().size()).isEqualTo(bodies.size());
        await().untilAsserted(() -> assertThat(server.adapterThreads()).isEmpty());

        server.deploy(APPLICATION);
        await().atMost(Duration.ofSeconds(60)).until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).containsExactlyInAnyOrderElementsOf(bodies);
    }

    private static void push(Queue queue, List<String> bodies, String body) {
        String unique = body + " " + bodies.size();
        bodies.add(unique);
        queue.push(unique);
    }

    @Test
    void suspendedServerClaimsNoMessagesUntilItIsResumed() {
        Queue queue = queue("undeployment.suspended");
        Queue done = queue("undeployment.suspended.done");
        queue.push("before");
        await().until(() -> done.bodies().contains("before"));

        server.suspend();
        try {
            List<String> ids = queue.pushMany(50);
            await().during(Duration.ofSeconds(2)).until(() -> queue.ready().size() == ids.size());
        } finally {
            server.resume();
        }

        await().until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).hasSize(51).doesNotHaveDuplicates();
    }

    @Test
    void listenerThatExceedsTheDrainTimeoutKeepsItsMessageAndDoesNotDelaySuspension() {
        Queue queue = queue("undeployment.outlasting");
        Queue done = queue("undeployment.outlasting.done");
        Gate gate = new Gate(queue.name());
        queue.push("hold");
        await().until(() -> gate.reached(queue::call) == 1);
        Server.Log log = Server.log();

        server.suspend();
        try {
            assertThat(log.with("RQ-309", queue.name())).hasSize(1);
            gate.open(queue::call, 1);
            await().until(() -> queue.keys().isEmpty());
        } finally {
            server.resume();
        }

        assertThat(done.bodies()).containsExactly("hold");
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }
}
