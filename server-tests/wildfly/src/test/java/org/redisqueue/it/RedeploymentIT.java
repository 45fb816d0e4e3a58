// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.ForwardingListener;
import org.redisqueue.it.app.Gate;
import org.redisqueue.it.app.IdleBean;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.TestRedis;

/** Redeploys an application with its resource adapter repeatedly while messages arrive. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class RedeploymentIT {

    private static final EnterpriseArchive APPLICATION = application("redeployed.ear", "redeployment");
    private static final int DEPLOYMENTS = 20;
    private static final int BACKLOG = 200;
    private static final int HELD = 10;
    private static final int WORK_MANAGER_THREADS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The heap dump, written if class loaders remain in memory. */
    private static final Path HEAP = Path.of("target", "redeployment.hprof");

    @ContainerResource
    private ManagementClient management;

    private final Queue queue = new Queue(TestRedis.shared()::call, "redeployment");
    private final Queue done = new Queue(TestRedis.shared()::call, "redeployment.done");
    private final Queue ofBean = new Queue(TestRedis.shared()::call, IdleBean.QUEUE);
    private final Gate gate = new Gate(queue.name());
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private Server server;

    private static EnterpriseArchive application(String name, String queue, String... properties) {
        Beans beans = Beans.of(Archives.IN_EAR).consuming(queue, ForwardingListener.class, properties);
        return Archives.ear(name, Archives.rar(), Archives.withCdi(Archives.war(beans)))
                .addAsLibrary(Archives.CDI_EXTENSION);
    }

    @BeforeEach
    void prepare() {
        server = new Server(management);
        TestedServer.current().undeployAdapter();
        startAllThreadsOfTheWorkManager();
    }

    /**
     * Each WorkManager thread of WildFly keeps a reference to its first task, and therefore to the class loader of the
     * adapter that submitted the task. Running another application first ensures that this is not the adapter under test.
     */
    private void startAllThreadsOfTheWorkManager() {
        Queue first = new Queue(TestRedis.shared()::call, "redeployment.first");
        Gate together = new Gate(first.name());
        EnterpriseArchive application =
                application("first.ear", first.name(), "maxConcurrency=" + WORK_MANAGER_THREADS);
        server.deploy(application);
        try {
            for (int i = 0; i < WORK_MANAGER_THREADS; i++) {
                first.push("hold " + i);
            }
            await().until(() -> together.reached(first::call) == WORK_MANAGER_THREADS);
            together.open(first::call, WORK_MANAGER_THREADS);
            await().until(() -> first.keys().isEmpty());
        } finally {
            server.undeploy(application.getName());
        }
    }

    @AfterEach
    void undeploy() {
        server.undeploy(APPLICATION.getName());
    }

    @Test
    void redeploymentsUnderLoadDoNotLeakThreadsConnectionsOrClassLoaders() {
        List<String> threads = server.threads();
        List<String> connections = connections();
        Server.Log log = Server.log();

        underLoad(() -> {
            for (int deployment = 1; deployment <= DEPLOYMENTS; deployment++) {
                server.deploy(APPLICATION);
                undeployWhileListenersAreRunning(deployment);
            }
        });

        assertThat(queue.processing()).isEmpty();
        assertThat(queue.dead()).isEmpty();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(server.threads())
                        .as("threads of an undeployed adapter")
                        .filteredOn(thread -> !threads.contains(thread))
                        .allMatch(Server::isThreadOfServer));
        await().untilAsserted(() -> assertThat(connections())
                .as("connections of an undeployed adapter")
                .isSubsetOf(connections));
        assertThatNoClassLoaderIsLeft();
        // Finalizers have run, too.
        assertThat(log.with(" WARN")).isEmpty();
        assertThat(log.with(" ERROR")).isEmpty();

        server.deploy(APPLICATION);
        assertThat(server.process().classLoadersOf(APPLICATION.getName()))
                .as("class loaders of deployed archives")
                .isNotEmpty();
        await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).containsExactlyInAnyOrderElementsOf(bodies);
    }

    /** Sends messages whenever the queue runs low, from before the first deployment until after the last undeployment. */
    private void underLoad(Runnable work) {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> load = Background.run(() -> {
            while (!enough.get()) {
                for (int i = 0; i < BACKLOG; i++) {
                    push("message");
                }
                await().atMost(PATIENCE)
                        .until(() -> enough.get() || queue.ready().size() < BACKLOG);
            }
        });
        try {
            work.run();
        } finally {
            enough.set(true);
        }
        load.join();
    }

    /** Lets enough listeners commit concurrently that Redisson opens more connections, some of them on their threads. */
    private void undeployWhileListenersAreRunning(int number) {
        for (int i = 0; i < HELD; i++) {
            push("hold");
        }
        await().atMost(PATIENCE).until(() -> gate.reached(queue::call) == number * HELD);
        ofBean.push("message");
        await().until(() -> ofBean.keys().isEmpty());
        Server.Log log = Server.log();
        CompletableFuture<Void> undeployment = Background.run(() -> server.undeploy(APPLICATION.getName()));
        await().until(() -> !log.with("WFLYUT0022", "Unregistered web context").isEmpty());
        gate.open(queue::call, HELD);
        assertThat(undeployment).succeedsWithin(PATIENCE);
    }

    private synchronized void push(String body) {
        String unique = body + " " + bodies.size();
        bodies.add(unique);
        queue.push(unique);
    }

    private void assertThatNoClassLoaderIsLeft() {
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.process().classLoadersOf(APPLICATION.getName()))
                            .as("class loaders of undeployed archives; heap dump: %s", HEAP)
                            .isEmpty());
        } catch (ConditionTimeoutException e) {
            server.process().dumpHeap(HEAP);
            throw e;
        }
    }

    /** The connections to Redis, each with its id and its name. */
    private List<String> connections() {
        return Stream.of(queue.call("CLIENT", "LIST").toString().split("\n"))
                .map(line -> line.replaceAll("^(id=\\d+).*( name=\\S*).*$", "$1$2"))
                .toList();
    }
}
