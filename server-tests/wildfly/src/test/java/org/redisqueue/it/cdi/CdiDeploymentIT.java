// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.ForwardingBean;
import org.redisqueue.it.app.Gate;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.cdi.single.Elsewhere;
import org.redisqueue.it.cdi.single.Holding;
import org.redisqueue.it.cdi.single.Optional;
import org.redisqueue.it.cdi.single.OutOfRange;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.TestRedis;

/** Listeners in CDI beans whose adapter is missing, disappears, or rejects their configuration. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class CdiDeploymentIT {

    @ContainerResource
    private ManagementClient management;

    private Server server;

    @BeforeEach
    void deployTheAdapter() {
        server = new Server(management);
        TestedServer.current().deployAdapter();
    }

    private static WebArchive war(Class<?> bean) {
        return Archives.withCdi(Archives.war(Beans.of(Archives.STANDALONE)))
                .addClass(bean)
                .addAsLibrary(Archives.CDI_EXTENSION);
    }

    private void assertDeploymentFails(WebArchive war, String... words) {
        Server.Log log = Server.log();
        assertThatThrownBy(() -> {
                    server.deploy(war);
                    server.undeploy(war.getName()); // so that other tests do not fail as well
                })
                .isInstanceOf(IllegalStateException.class);
        for (String word : words) {
            assertThat(log.with(word)).as(word).isNotEmpty();
        }
    }

    @Test
    void invalidPropertiesFailTheDeploymentWithTheirValuesAndRanges() {
        assertDeploymentFails(
                war(OutOfRange.class),
                "RQ-508 Listener method 'org.redisqueue.it.cdi.single.OutOfRange.receive' cannot be started: ",
                "RQ-101 Invalid configuration of the activation of queue 'orders of today'",
                "'queue' is 'orders of today', but must be 1 to 200 characters",
                "'maxConcurrency' is '1001', but must be 1 to 1,000",
                "'lease' is '10', but must be 1,000 to 3,600,000 ms");
    }

    @Test
    void missingAdapterFailsTheDeployment() {
        assertDeploymentFails(
                war(Elsewhere.class),
                "RQ-508 Listener method 'org.redisqueue.it.cdi.single.Elsewhere.receive' cannot be started: ",
                "RQ-503 No connection factory found under 'java:/eis/Elsewhere'. Deploy the resource adapter");
    }

    @Test
    void listenerWaitsForAnOptionalAdapter() {
        Server.Log log = Server.log();
        server.deploy(war(Optional.class));
        try {
            assertThat(log.with("RQ-551 Listener 'Optional.receive' is waiting for a resource adapter"))
                    .hasSize(1);
            server.bindAlias("java:/eis/Elsewhere", "java:/eis/RedisQueue");
            await().until(() -> !log.with("RQ-552 Listener 'Optional.receive' has found its resource adapter")
                    .isEmpty());
            Queue queue = new Queue(TestRedis.shared()::call, "cdi-failing.optional");
            queue.push("payload");
            await().until(() -> queue.keys().isEmpty());
        } finally {
            server.undeploy("application.war");
            server.unbind("java:/eis/Elsewhere");
        }
    }

    @Test
    void descriptorThatNamesNoListenerFailsTheDeployment() {
        assertDeploymentFails(
                war(ForwardingBean.class).addAsWebInfResource(new StringAsset("""
                        <redis-queue xmlns="https://redisqueue.org/ns/redis-queue" version="1.0">
                          <listener name="Forwarding.forwards"/>
                        </redis-queue>
                        """), "redis-queue.xml"),
                "RQ-507 ",
                "Unknown listener 'Forwarding.forwards'. Known listeners: ForwardingBean.forward");
    }

    @Test
    void deliveryContinuesAfterTheAdapterIsRedeployed() {
        Queue queue = new Queue(TestRedis.shared()::call, "cdi-deployment.redeployed");
        Queue done = new Queue(TestRedis.shared()::call, queue.name() + ".done");
        server.deploy(war(ForwardingBean.class)
                .addAsWebInfResource(new StringAsset("""
                <redis-queue xmlns="https://redisqueue.org/ns/redis-queue" version="1.0">
                  <listener name="ForwardingBean.forward">
                    <queue>%s</queue>
                  </listener>
                </redis-queue>
                """.formatted(queue.name())), "redis-queue.xml"));
        try {
            queue.push("before");
            await().until(() -> done.bodies().contains("before"));
            server.redeploy(Archives.rar());
            queue.push("after");
            await().atMost(Duration.ofSeconds(30)).until(() -> done.bodies().contains("after"));
        } finally {
            server.undeploy("application.war");
        }
    }

    @Test
    void undeploymentWaitsForAListenerWithItsAdapterInTheSameArchive() {
        TestedServer.current().undeployAdapter();
        Queue queue = new Queue(TestRedis.shared()::call, Holding.QUEUE);
        Queue done = new Queue(TestRedis.shared()::call, Holding.DONE);
        Gate gate = new Gate(queue.name());
        EnterpriseArchive ear = Archives.ear(Archives.rar(), war(Holding.class));
        server.deploy(ear);
        CompletableFuture<Void> undeployment = null;
        try {
            queue.push("held");
            await().until(() -> gate.reached(queue::call) == 1);
            undeployment = Background.run(() -> server.undeploy(ear.getName()));
            CompletableFuture<Void> undeploying = undeployment;
            await().during(Duration.ofSeconds(2)).until(() -> !undeploying.isDone());
        } finally {
            gate.open(queue::call, 1);
        }
        assertThat(undeployment).succeedsWithin(Duration.ofSeconds(20));
        assertThat(queue.keys()).isEmpty();
        assertThat(done.bodies()).containsExactly("held");
    }
}
