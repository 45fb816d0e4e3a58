// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.InternalThreadLocalMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.RedissonShutdownException;

class RedisClientTest {

    private static final String SECRET = "s3cret-of-redis";

    @Test
    void equalSettingsShareOneClient() {
        RedisClient first = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
        RedisClient second = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
        TestProperties different = TestProperties.of(TestRedis.shared());
        different.setClientName("another");
        RedisClient other = RedisClient.acquire(different);

        assertThat(second).isSameAs(first);
        assertThat(other).isNotSameAs(first);

        first.release();
        second.release();
        other.release();
    }

    @Test
    void settingsThatDifferOnlyInThePasswordDoNotShareAClient() {
        TestProperties two = TestProperties.at("redis://127.0.0.1:1");
        two.setPassword(SECRET);
        RedisClient first = RedisClient.acquire(TestProperties.at("redis://127.0.0.1:1"));
        RedisClient second = RedisClient.acquire(two);

        assertThat(second).isNotSameAs(first);

        first.release();
        second.release();
    }

    @Test
    void callingThreadKeepsNoThreadLocalsOfNetty() {
        RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));

        client.redisson();
        assertThat(InternalThreadLocalMap.getIfSet()).as("after connecting").isNull();
        client.call(redisson -> redisson.getBucket("borrowed").setAsync("value"));
        assertThat(InternalThreadLocalMap.getIfSet()).as("after a call").isNull();
        client.release();
        assertThat(InternalThreadLocalMap.getIfSet()).as("after closing").isNull();
    }

    @Test
    void threadsDoNotInheritTheClassLoaderOfTheCaller() throws IOException {
        RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[0], loader)) {
            thread.setContextClassLoader(application);
            client.call(redisson -> redisson.getBucket("inherited").setAsync("value"));

            assertThat(thread.getContextClassLoader()).isSameAs(application);
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(other -> other != thread)
                    .extracting(Thread::getContextClassLoader)
                    .doesNotContain(application);
        } finally {
            thread.setContextClassLoader(loader);
            client.release();
        }
    }

    @Test
    void lastReleaseClosesConnectionsAndEndsThreads() {
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setClientName("released");
        Set<Thread> before = threads();
        RedisClient client = RedisClient.acquire(properties);
        RedisClient same = RedisClient.acquire(properties);
        client.redisson();
        assertThat(threads()).hasSizeGreaterThan(before.size());

        client.release();
        assertThat(same.redisson().isShutdown()).isFalse();
        assertThat(connections("released")).isPositive();

        same.release();
        await().until(() -> connections("released") == 0);
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
        assertThatThrownBy(same::redisson)
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageStartingWith("RQ-103")
                .hasMessageEndingWith("is closed.");
    }

    @Test
    void acquireAfterTheLastReleaseCreatesANewClient() {
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setClientName("again");
        RedisClient first = RedisClient.acquire(properties);
        first.release();

        RedisClient second = RedisClient.acquire(properties);

        assertThat(second).isNotSameAs(first);
        assertThat(second.redisson().isShutdown()).isFalse();
        second.release();
    }

    @Test
    void clientConnectsOnFirstUse() {
        RedisClient client = RedisClient.acquire(TestProperties.at("redis://127.0.0.1:1"));

        assertThat(client.isConnected()).isFalse();

        client.release();
    }

    @Test
    void clientConnectsOnceTheServerIsUp() {
        int port = TestRedis.freePort();
        RedisClient client = RedisClient.acquire(TestProperties.at("redis://127.0.0.1:" + port));
        try {
            assertThatThrownBy(client::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageStartingWith("RQ-103 Cannot connect to Redis at redis://127.0.0.1:" + port)
                    .hasMessageEndingWith(": Connection refused (127.0.0.1:" + port + ")");
            assertThat(client.isConnected()).isFalse();

            try (TestRedis redis = TestRedis.startOn(port)) {
                assertThat(client.redisson().getKeys().count()).isZero();
                assertThat(client.isConnected()).isTrue();
                assertThat(redis.call("PING")).isEqualTo("PONG");
            }
        } finally {
            client.release();
        }
    }

    @Test
    void failedConnectionLeavesNoThread() {
        Set<Thread> before = threads();
        RedisClient client = RedisClient.acquire(TestProperties.at("redis://127.0.0.1:" + TestRedis.freePort()));

        assertThatThrownBy(client::redisson).isInstanceOf(RedisUnavailableException.class);

        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
        client.release();
    }

    @Test
    @Timeout(20)
    void unresponsiveAddressFailsWithinTheTimeouts() throws IOException {
        // Accepts connections, as the system does for it, and never answers.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            TestProperties properties = TestProperties.at("redis://127.0.0.1:" + silent.getLocalPort());
            properties.setConnectTimeout(200);
            properties.setResponseTimeout(200);
            RedisClient client = RedisClient.acquire(properties);

            assertThatThrownBy(client::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageStartingWith("RQ-103");

            client.release();
        }
    }

    @Test
    void clientReconnectsAutomatically() {
        try (TestRedis redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always")) {
            RedisClient client = RedisClient.acquire(TestProperties.of(redis));
            client.redisson().getBucket("kept").set("value");

            redis.kill();
            assertThatThrownBy(() -> client.redisson().getBucket("kept").get()).isInstanceOf(RuntimeException.class);
            redis.restart();

            await().ignoreExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            "value".equals(client.redisson().getBucket("kept").get()));
            client.release();
        }
    }

    @Test
    void productAndVersionAreThoseOfTheServer() {
        String info = (String) TestRedis.shared().call("INFO", "server");
        String version = info.contains("valkey_version:")
                ? "Valkey " + info.replaceFirst("(?s).*valkey_version:([0-9.]+).*", "$1")
                : "Redis " + info.replaceFirst("(?s).*redis_version:([0-9.]+).*", "$1");
        RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));

        client.redisson();

        assertThat(client.serverVersion()).isEqualTo(version);
        client.release();
    }

    @Test
    void passwordIsAcceptedAndNotPrinted() {
        try (TestRedis redis = TestRedis.start("--requirepass", SECRET);
                CapturedLog log = new CapturedLog()) {
            TestProperties properties = TestProperties.of(redis);
            properties.setPassword(SECRET);
            RedisClient client = RedisClient.acquire(properties);

            assertThat(client.redisson().getKeys().count()).isZero();

            assertThat(log.lines())
                    .anyMatch(line ->
                            line.equals("RQ-201 Connected to " + client.serverVersion() + " at " + redis + "."));
            assertThat(log.lines()).noneMatch(line -> line.contains(SECRET));
            assertThat(client.toString()).contains(redis.address()).doesNotContain(SECRET);
            client.release();
        }
    }

    @Test
    void wrongPasswordIsReportedAndNotPrinted() {
        try (TestRedis redis = TestRedis.start("--requirepass", "another one")) {
            TestProperties properties = TestProperties.of(redis);
            properties.setPassword(SECRET);
            RedisClient client = RedisClient.acquire(properties);

            assertThatThrownBy(client::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageStartingWith("RQ-103 Cannot connect to Redis at " + redis)
                    .hasMessageContaining("invalid username-password pair")
                    .satisfies(RedisClientTest::hasNoSecret);
            client.release();
        }
    }

    @Test
    void missingPasswordIsReported() {
        try (TestRedis redis = TestRedis.start("--requirepass", SECRET)) {
            RedisClient client = RedisClient.acquire(TestProperties.of(redis));

            assertThatThrownBy(client::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("Authentication required");
            client.release();
        }
    }

    @Test
    void serverThatEvictsIsRejected() {
        try (TestRedis redis = TestRedis.start("--maxmemory-policy", "allkeys-lru")) {
            Set<Thread> before = threads();
            RedisClient client = RedisClient.acquire(TestProperties.of(redis));

            assertThatThrownBy(client::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessage("RQ-104 Redis at " + redis + " may evict messages because its maxmemory-policy is"
                            + " 'allkeys-lru'. Set it to 'noeviction'.");
            assertThat(client.isConnected()).isFalse();
            await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));

            redis.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
            assertThat(client.redisson().isShutdown()).isFalse();
            client.release();
        }
    }

    @Test
    void serverWithoutPersistenceCausesAWarning() {
        try (TestRedis redis = TestRedis.start();
                CapturedLog log = new CapturedLog()) {
            RedisClient client = RedisClient.acquire(TestProperties.of(redis));
            client.redisson();

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-202 Redis at " + redis));
            client.release();
        }
    }

    @Test
    void configuredDatabaseIsUsed() {
        try (TestRedis redis = TestRedis.start()) {
            TestProperties properties = TestProperties.of(redis);
            properties.setDatabase(3);
            RedisClient client = RedisClient.acquire(properties);
            client.redisson().getBucket("key").set("value");

            assertThat((String) redis.call("INFO", "keyspace")).contains("db3:keys=1");
            client.release();
        }
    }

    /** Few shutdowns occur at the moment at which a connection could be left open; {@code -Psoak} runs more of them. */
    @Test
    void shutdownLeavesNoHalfOpenConnection() throws InterruptedException {
        try (TestRedis redis = TestRedis.start()) {
            for (int i = 0; i < Integer.getInteger("shutdown.tries", 10); i++) {
                shutDownWhileConnecting(redis);
            }

            await().untilAsserted(() -> assertThat((String) redis.call("CLIENT", "LIST"))
                    .as("connections besides that of the test")
                    .hasLineCount(1));
        }
    }

    private static void shutDownWhileConnecting(TestRedis redis) throws InterruptedException {
        TestProperties properties = TestProperties.of(redis);
        properties.setPoolSize(20);
        RedisClient client = RedisClient.acquire(properties);
        client.redisson();
        List<Thread> callers =
                Stream.generate(() -> new Thread(() -> call(client))).limit(10).toList();
        callers.forEach(Thread::start);
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(5)));
        client.release();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** Makes more calls at once than there are connections, until the client is closed. */
    private static void call(RedisClient client) {
        try {
            for (int i = 0; i < 20; i++) {
                client.call(redisson -> redisson.getBucket("shutdown").setAsync("value"));
            }
        } catch (RedisUnavailableException | RedissonShutdownException e) {
            // closed
        }
    }

    @Test
    void redissonFileReplacesTheOtherSettings(@TempDir Path directory) throws IOException {
        Path yaml = Files.writeString(
                directory.resolve("redisson.yaml"),
                "singleServerConfig:\n  address: \"" + TestRedis.shared().address() + "\"\n  clientName: \"yaml\"\n");
        TestProperties properties = TestProperties.at("redis://127.0.0.1:1");
        properties.setRedissonYaml(yaml.toString());
        RedisClient client = RedisClient.acquire(properties);

        client.redisson();

        assertThat(connections("yaml")).isPositive();
        assertThat(client.address()).isEqualTo(yaml.toString());
        client.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "singleServerConfig:\n  password: \"" + SECRET + "\"\n  unknownSetting: 1\n",
                "singleServerConfig:\n  password: \"" + SECRET + "\n  address: x\n",
                "singleServerConfig:\n  password: " + SECRET + ": - {\n",
                "singleServerConfig:\n  timeout: " + SECRET + "\n",
                "password: \"" + SECRET + "\"\n",
                SECRET
            })
    void malformedRedissonFileIsReportedWithoutItsPassword(String content, @TempDir Path directory) throws IOException {
        Path yaml = Files.writeString(directory.resolve("redisson.yaml"), content);
        TestProperties properties = TestProperties.at("redis://127.0.0.1:1");
        properties.setRedissonYaml(yaml.toString());

        assertThatThrownBy(() -> RedisClient.acquire(properties))
                .isInstanceOf(RedisQueueException.class)
                .hasMessageStartingWith("RQ-102 ")
                .hasMessageContaining("redisson.yaml")
                .satisfies(RedisClientTest::hasNoSecret);
    }

    private static void hasNoSecret(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(SECRET);
        }
    }

    private static long connections(String name) {
        return ((String) TestRedis.shared().call("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" name=" + name + " "))
                .count();
    }

    /** The threads of Redisson and Netty. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(?i)(redisson|netty|nioEventLoop|multiThread).*"))
                .collect(Collectors.toSet());
    }
}
