// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.ForwardingListener;
import org.redisqueue.it.app.InterruptedListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** Redis is missing, disappears, or rejects connections. Each test has its own server. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class RedisFailureIT {

    private static final String QUEUE = "redis-failure";
    private static final String PASSWORD = "gone-with-the-wind";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MESSAGES = 2_000;

    @ContainerResource
    private ManagementClient management;

    private final int port = TestRedis.freePort();
    private Server server;
    private Server.Log log;

    @BeforeEach
    void prepare() {
        server = new Server(management);
        TestedServer.current().undeployAdapter();
        log = Server.log();
    }

    @AfterEach
    void undeploy() {
        server.undeploy("application.ear");
    }

    @Test
    void deliveriesContinueExactlyOnceAfterRedisIsKilledAndRestarted() {
        try (TestRedis redis = start()) {
            deploy(ForwardingListener.class, Map.of());
            Queue queue = new Queue(redis::call, QUEUE);
            Queue done = done(redis);
            queue.pushMany(MESSAGES);
            await().until(() -> done.ready().size() > MESSAGES / 20);

            redis.kill();
            await().until(() -> !lost().isEmpty());
            await().during(Duration.ofSeconds(3)).until(() -> lost().size() == 1);
            redis.restart();
            assertThat(queue.ready()).as("remaining messages").isNotEmpty();

            await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
            assertThat(done.bodies()).containsExactlyInAnyOrderElementsOf(numbers());
            assertThat(lost()).hasSize(1);
            assertThat(back()).hasSize(1);
        }
    }

    @Test
    void wrongPasswordIsReportedWithoutShowingItAndDeliveryStartsWhenItIsCorrected() {
        try (TestRedis redis = start("--requirepass", "another-one");
                RespConnection administrator = redis.connect()) {
            deploy(ForwardingListener.class, Map.of("password", PASSWORD));
            await().until(() -> !lost().isEmpty());
            assertThat(lost()).singleElement().asString().contains("WRONGPASS");

            administrator.call("AUTH", "another-one");
            administrator.call("CONFIG", "SET", "requirepass", PASSWORD);
            Queue queue = new Queue(administrator::call, QUEUE);
            queue.push("payload");

            await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
            assertThat(lost()).hasSize(1);
            assertThat(back()).hasSize(1);
            assertThat(log.with(PASSWORD)).isEmpty();
        }
    }

    @Test
    void deploymentDoesNotRequireRedisAndDeliveryStartsWhenItIsAvailable() {
        deploy(ForwardingListener.class, Map.of());
        await().until(() -> !lost().isEmpty());
        try (TestRedis redis = start()) {
            Queue queue = new Queue(redis::call, QUEUE);
            queue.push("payload");

            await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
            assertThat(done(redis).bodies()).containsExactly("payload");
            assertThat(lost()).hasSize(1);
            assertThat(back()).hasSize(1);
        }
    }

    @Test
    void transactionWhoseCommitDidNotReachRedisIsCommittedByRecovery() {
        try (TestRedis redis = start()) {
            deploy(InterruptedListener.class, Map.of());
            Queue queue = new Queue(redis::call, QUEUE);
            queue.push(redis.address());
            await().until(() -> !answers(redis));
            await().until(() -> !log.with("RQ-402", "commit").isEmpty());

            redis.kill();
            redis.restart();

            await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
            assertThat(done(redis).bodies()).containsExactly(redis.address());
        }
    }

    private void deploy(Class<?> bean, Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        all.put("addresses", "redis://127.0.0.1:" + port);
        Beans beans = Beans.of(Archives.IN_EAR).consuming(QUEUE, bean, "lease=2000");
        EnterpriseArchive application = Archives.ear(Archives.rar(all), Archives.war(beans));
        server.deploy(application);
    }

    private TestRedis start(String... arguments) {
        String[] persistent = {"--appendonly", "yes", "--appendfsync", "everysec"};
        return TestRedis.startOn(
                port, Stream.of(persistent, arguments).flatMap(Stream::of).toArray(String[]::new));
    }

    private static boolean answers(TestRedis redis) {
        try {
            redis.connect().close();
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static Queue done(TestRedis redis) {
        return new Queue(redis::call, QUEUE + ".done");
    }

    private List<String> lost() {
        return log.with("RQ-303", QUEUE);
    }

    private List<String> back() {
        return log.with("RQ-304", QUEUE);
    }

    private static List<String> numbers() {
        return IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList();
    }
}
