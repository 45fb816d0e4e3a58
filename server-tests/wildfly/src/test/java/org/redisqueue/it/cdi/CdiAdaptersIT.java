// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Gate;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.cdi.single.TwoAdapters;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.TestRedis;

/** An application uses two adapters, the second of which stops and starts while the application is running. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class CdiAdaptersIT {

    private static final String PREFIX = "second";

    @ContainerResource
    private ManagementClient management;

    private final Queue first = new Queue(TestRedis.shared()::call, TwoAdapters.QUEUE);
    private final Queue answersOfFirst = new Queue(TestRedis.shared()::call, TwoAdapters.ANSWERS);
    private final Queue second = new Queue(TestRedis.shared()::call, PREFIX, TwoAdapters.QUEUE);
    private final Queue answersOfSecond = new Queue(TestRedis.shared()::call, PREFIX, TwoAdapters.ANSWERS);
    private Server server;
    private boolean started;
    private boolean deployed;

    @BeforeEach
    void deploy() {
        server = new Server(management);
        TestedServer.current().deployAdapter();
        startSecond();
        WebArchive war = Archives.withCdi(Archives.war(Beans.of(Archives.STANDALONE)))
                .addClass(TwoAdapters.class)
                .addAsLibrary(Archives.CDI_EXTENSION);
        server.deploy(war);
        deployed = true;
    }

    @AfterEach
    void undeploy() {
        if (deployed) {
            server.undeploy("application.war");
            deployed = false;
        }
        if (started) {
            server.stopAdapter(TwoAdapters.SECOND);
        }
        for (Queue queue : new Queue[] {second, answersOfFirst, answersOfSecond}) {
            queue.keys().forEach(key -> queue.call("DEL", key));
        }
    }

    private void startSecond() {
        server.startAdapter(
                TwoAdapters.SECOND,
                Archives.STANDALONE,
                Map.of("addresses", "${redisqueue.addresses}", "keyPrefix", PREFIX));
        started = true;
    }

    private void stopSecond() {
        Server.Log log = Server.log();
        server.stopAdapter(TwoAdapters.SECOND);
        started = false;
        await().until(() -> !log.with(
                        "RQ-551 Listener 'second' is waiting for a resource adapter: The resource adapter was stopped")
                .isEmpty());
    }

    @Test
    void eachListenerAndSenderUsesTheAdapterItNames() {
        first.push("one");
        second.push("two");
        await().until(() -> first.keys().isEmpty() && second.keys().isEmpty());
        assertThat(answersOfFirst.bodies()).containsExactly("first one");
        assertThat(answersOfSecond.bodies()).containsExactlyInAnyOrder("one", "second two");
    }

    @Test
    void listenerAndSenderContinueWhenTheirAdapterReturns() {
        command("before");
        stopSecond();
        second.push("two");
        startSecond();
        await().until(() -> second.keys().isEmpty());
        command("after");
        assertThat(answersOfSecond.bodies()).containsExactlyInAnyOrder("before", "second two", "after");
    }

    @Test
    void pausedListenerStaysPausedWhenItsAdapterReturns() {
        command(TwoAdapters.PAUSE);
        stopSecond();
        second.push("two");
        Server.Log log = Server.log();
        startSecond();
        await().until(() -> !log.with("RQ-552 Listener 'second' has found its resource adapter")
                .isEmpty());
        await().during(Duration.ofMillis(500))
                .until(() -> second.ready().size() == 1 && second.processing().isEmpty());

        command(TwoAdapters.RESUME);
        await().until(() -> second.keys().isEmpty());
    }

    @Test
    void applicationCanBeUndeployedWhileAListenerWaits() {
        stopSecond();
        Server.Log log = Server.log();
        server.undeploy("application.war");
        deployed = false;
        startSecond();
        second.push("two");
        await().during(Duration.ofSeconds(2)).until(() -> second.ready().size() == 1);
        assertThat(log.with("Listener 'second'")).isEmpty();
        assertThat(log.with(" ERROR")).isEmpty();
        assertThat(log.with(" WARN")).isEmpty();
    }

    @Test
    void listenerThatExceedsTheDrainTimeoutIsRolledBackAndItsMessageWaits() {
        Gate gate = new Gate(TwoAdapters.QUEUE);
        Server.Log log = Server.log();
        second.push(TwoAdapters.HOLD);
        await().until(() -> gate.reached(first::call) == 1);
        server.undeploy("application.war");
        deployed = false;
        gate.open(first::call, 1);
        await().until(() -> second.ready().size() == 1);
        assertThat(second.keys())
                .as("no failure is counted")
                .contains(second.key("message:" + second.ready().get(0)))
                .isSubsetOf(second.key("message:" + second.ready().get(0)), second.key("ready"), second.key("arrived"));
        assertThat(answersOfSecond.keys()).isEmpty();
        assertThat(log.with(" WARN"))
                .singleElement(STRING)
                .contains("RQ-309 Queue 'cdi-adapters': 1 listener call(s) did not finish");
        assertThat(log.with(" ERROR")).isEmpty();
    }

    private void command(String body) {
        first.push(body);
        await().until(() -> answersOfFirst.bodies().contains("first " + body));
    }
}
