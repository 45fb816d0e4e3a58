// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.redisqueue.it.cdi.single.Watched;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The files of the example image configure, start and stop a WildFly, here without a container. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImageIT {

    private static final Path DEPLOY =
            Path.of("../../docs/deploy").toAbsolutePath().normalize();
    private static final Path BASE = Path.of("target", "image").toAbsolutePath();
    private static final Path BUILD = BASE.resolve("build");
    private static final Path LOG = BASE.resolve("console.log");
    private static final Path HOME = Path.of(System.getProperty("server.home"));
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int MANAGEMENT = TestRedis.freePort();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestRedis redis;
    private static Process server;

    @BeforeAll
    static void buildAndStart() throws IOException, InterruptedException {
        String host = addressOfThisHost();
        redis = TestRedis.start(
                "--bind",
                "127.0.0.1",
                host,
                "--aclfile",
                DEPLOY.resolve("users.acl").toString(),
                "--appendonly",
                "yes");
        Directories.delete(BASE);
        build();
        ProcessBuilder entryPoint = new ProcessBuilder(
                        "sh",
                        DEPLOY.resolve("entrypoint.sh").toString(),
                        "-Djboss.server.base.dir=" + BASE,
                        "-Djboss.http.port=" + TestRedis.freePort(),
                        "-Djboss.https.port=" + TestRedis.freePort(),
                        "-Djboss.management.http.port=" + MANAGEMENT)
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile());
        entryPoint.environment().put("JBOSS_HOME", HOME.toString());
        entryPoint.environment().put("JAVA_HOME", System.getProperty("java.home"));
        entryPoint.environment().remove("JAVA_OPTS");
        entryPoint.environment().put("JBOSS_JAVA_SIZING", "-XX:MaxRAMPercentage=5");
        entryPoint.environment().put("PREPEND_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        entryPoint.environment().put("REDIS_ADDRESSES", redis.address().replace("127.0.0.1", host));
        entryPoint.environment().put("REDIS_USER", "shop");
        entryPoint.environment().put("REDIS_PASSWORD", "change-me");
        entryPoint.environment().put("NODE_IDENTIFIER", "shop-0");
        server = entryPoint.start();
        EndWithJvm.add(server.toHandle());
    }

    /** An address at which Redis sees a client on another host, or the loopback address if this machine has no other. */
    private static String addressOfThisHost() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("127.0.0.1");
    }

    /** Does what the Dockerfile does, in a base directory outside of the installation. */
    private static void build() throws IOException, InterruptedException {
        WildFlyInstance instance = new WildFlyInstance(HOME, BASE);
        instance.copyConfiguration();
        Files.createDirectories(BUILD);
        Files.copy(Archives.RAR.toPath(), BUILD.resolve("redis-queue.rar"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(DEPLOY.resolve("ironjacamar.xml"), BUILD.resolve("ironjacamar.xml"));
        Archives.withCdi(Archives.war("shop.war", Beans.ofDefault()))
                .addClass(Watched.class)
                .addAsLibrary(Archives.CDI_EXTENSION)
                .as(ZipExporter.class)
                .exportTo(BUILD.resolve("shop.war").toFile());
        Path script = BUILD.resolve("wildfly.cli");
        Files.writeString(
                script, Files.readString(DEPLOY.resolve("wildfly.cli")).replace("/tmp/build", BUILD.toString()));
        instance.configure(script, BASE.resolve("configure.log"));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        EndWithJvm.kill(server);
        redis.close();
    }

    @Test
    @Order(1)
    void applicationBecomesReadyWithTheRedisUserOfTheExample() throws IOException {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
        server.descendants().forEach(EndWithJvm::add);
        assertThat(Files.readString(LOG))
                .contains("user=shop, password=***", "RQ-201 Connected to Redis", "RQ-301 Consuming queue ")
                .contains(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:MaxRAMPercentage=5 -Djava.net.preferIPv4Stack=true",
                        "-Djava.awt.headless=true")
                .doesNotContain("change-me", "RQ-202", "RQ-203", "RQ-206");
    }

    @Test
    @Order(2)
    void healthCheckOfTheComposeFileSucceeds() throws IOException, InterruptedException {
        String command = Files.readString(DEPLOY.resolve("compose.yaml"))
                .replaceAll("(?s).*- -c\\n\\s*- \"(.*?)\"\\n.*", "$1")
                .replace("\\\\", "\\")
                .replace("/9990;", "/" + MANAGEMENT + ";");
        assertThat(new ProcessBuilder("bash", "-c", command).start().waitFor())
                .as(command)
                .isZero();
    }

    @Test
    @Order(3)
    void healthCheckOfRedisNeedsNoPasswordAndMayDoNothingElse() {
        try (RespConnection health = redis.connect()) {
            assertThatThrownBy(() -> health.call("PING")).hasMessageContaining("NOAUTH");
            health.call("AUTH", "health", "none");
            assertThat(health.call("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> health.call("LLEN", "rq:{orders}:ready")).hasMessageContaining("NOPERM");
        }
    }

    @Test
    @Order(3)
    void scalerMayReadNothingButTheLengthOfItsList() {
        try (RespConnection keda = redis.connect()) {
            keda.call("AUTH", "keda", "change-me-too");
            String length = "return redis.call('type', KEYS[1]).ok .. redis.call('llen', KEYS[1])";
            assertThat(keda.call("EVAL", length, "1", "rq:{orders}:ready")).isEqualTo("none0");
            assertThatThrownBy(() -> keda.call("LLEN", "rq:{orders}:dead")).hasMessageContaining("NOPERM");
            assertThatThrownBy(() -> keda.call("LPOP", "rq:{orders}:ready")).hasMessageContaining("NOPERM");
        }
    }

    @Test
    @Order(4)
    void serverStopsGracefullyWhenItIsTerminated() throws IOException, InterruptedException {
        server.destroy();
        assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(LOG)).contains("WFLYSRV0211", "RQ-302 Stopped consuming queue ", "WFLYSRV0050");
    }

    private static HttpResponse<String> ready() throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + MANAGEMENT + "/health/ready");
        return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
}
