// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.cdi.single.Watched;
import org.redisqueue.it.server.Archives;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.redisqueue.ra.testing.TestRedis;

/** The probes of an application with a CDI listener, on a WildFly with MicroProfile Health. */
class HealthIT {

    private static final Path BASE = Path.of("target", "health").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String PASSWORD = "never-in-a-probe";
    private static final int MANAGEMENT = TestRedis.freePort();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestRedis redis;
    private static Process server;

    @BeforeAll
    static void start() throws IOException {
        redis = TestRedis.start("--requirepass", PASSWORD);
        Directories.delete(BASE);
        WildFlyInstance instance = new WildFlyInstance(Path.of(System.getProperty("server.home")), BASE);
        instance.copyConfiguration();
        deploy(Files.createDirectories(BASE.resolve("deployments")));
        server = new ProcessBuilder(instance.command(TestRedis.freePort())
                        .setServerConfiguration("standalone-microprofile.xml")
                        .addJavaOption("-Xmx512m")
                        .addJavaOption("-XX:TieredStopAtLevel=1")
                        .addServerArgument("-Djboss.management.http.port=" + MANAGEMENT)
                        .build())
                .redirectErrorStream(true)
                .redirectOutput(BASE.resolve("console.log").toFile())
                .start();
        EndWithJvm.add(server.toHandle());
    }

    private static void deploy(Path directory) {
        WebArchive war = Archives.withCdi(
                ShrinkWrap.create(WebArchive.class, "health.war").addClass(Watched.class));
        Map<String, String> properties = Map.of(
                "addresses",
                redis.address(),
                "password",
                PASSWORD,
                "connectTimeout",
                "1000",
                "responseTimeout",
                "1000",
                "healthTimeout",
                Long.toString(TIMEOUT.toMillis()));
        Archives.ear("health.ear", Archives.rar(properties), war)
                // WildFly does not find health checks in the modules of an EAR.
                .addAsLibrary(Archives.CDI_EXTENSION)
                .as(ZipExporter.class)
                .exportTo(directory.resolve("health.ear").toFile());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            EndWithJvm.kill(server);
        }
        redis.close();
    }

    @Test
    void applicationIsNotReadyDuringAnOutageOfRedisButStaysAlive() {
        JsonObject connected = awaitProbe("ready", 200);
        assertThat(connected.getString("status")).isEqualTo("UP");
        assertThat(connected.getJsonObject("data").getBoolean("eis/RedisQueue.connected"))
                .isTrue();

        redis.kill();
        JsonObject outage = awaitProbe("ready", 503);
        assertThat(outage.getString("status")).isEqualTo("DOWN");
        assertThat(outage.getJsonObject("data").getBoolean("eis/RedisQueue.connected"))
                .isFalse();
        Instant since = Instant.parse(outage.getJsonObject("data").getString("eis/RedisQueue.unreachableSince"));
        assertThat(Duration.between(since, Instant.now())).isBetween(TIMEOUT, TIMEOUT.plusSeconds(10));
        assertThat(outage.toString()).doesNotContain(PASSWORD);
        assertThat(awaitProbe("live", 200).getString("status")).isEqualTo("UP");

        redis.restart();
        assertThat(awaitProbe("ready", 200).getString("status")).isEqualTo("UP");
    }

    /** Waits until a probe has this status, and returns the check of the application. */
    private static JsonObject awaitProbe(String kind, int status) {
        HttpResponse<String> probe = await(kind + " " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(
                        () -> probe(kind),
                        found -> found.statusCode() == status && found.body().contains("redis-queue"));
        try (JsonReader reader = Json.createReader(new StringReader(probe.body()))) {
            return reader.readObject().getJsonArray("checks").getValuesAs(JsonValue::asJsonObject).stream()
                    .filter(check -> check.getString("name").equals("redis-queue"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(probe.body()));
        }
    }

    private static HttpResponse<String> probe(String kind) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + MANAGEMENT + "/health/" + kind);
        return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
}
