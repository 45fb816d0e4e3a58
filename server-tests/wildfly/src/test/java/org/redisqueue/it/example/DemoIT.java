// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.redisqueue.example.demo.Demo;
import org.redisqueue.it.server.Archives;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.ra.testing.TestRedis;

/** The demo, as {@code mvn package -Pdemo} runs it. */
@TestMethodOrder(OrderAnnotation.class)
class DemoIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path DIRECTORY = Path.of("target", "demo");
    private static final Path OUTPUT = Path.of("target", "demo.log");
    private static final int PORT = TestRedis.freePort();
    private static final String PAGE = "http://localhost:" + PORT + "/";
    private static final Pattern CONSOLE =
            Pattern.compile("Console (" + PAGE + "redis-queue/) \\((operator) / ([A-Za-z0-9_-]{16,})\\)");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Process demo;

    @BeforeAll
    static void start() throws IOException {
        demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Ddemo.http.port=" + PORT,
                        "-Ddemo.redis.port=" + TestRedis.freePort(),
                        Demo.class.getName(),
                        DIRECTORY.toString(),
                        "wildfly",
                        System.getProperty("server.home"),
                        Archives.EXAMPLE.toString())
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile())
                .start();
        EndWithJvm.add(demo.toHandle());
        await().atMost(PATIENCE).until(() -> output().contains("Press Ctrl-C to stop.") || !demo.isAlive());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        demo.destroy();
        demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<String> output() throws IOException {
        return Files.readAllLines(OUTPUT);
    }

    private static MatchResult console() throws IOException {
        List<String> output = output();
        int page = output.indexOf("The order desk is running: " + PAGE);
        assertThat(output).as("lines after the page's").hasSizeGreaterThan(page + 1);
        return CONSOLE.matcher(output.get(page + 1))
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError(output));
    }

    @Test
    @Order(1)
    void consoleAdmitsOnlyThePrintedUser() throws Exception {
        String address = console().group(1);

        assertThat(send(HttpRequest.newBuilder(URI.create(address))).statusCode())
                .isEqualTo(401);
        assertThat(asPrintedUser("").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(1)
    void consoleListsTheQueuesOfTheOrderDesk() throws Exception {
        HttpResponse<String> queues = asPrintedUser("api/queues");

        assertThat(queues.statusCode()).as(queues.body()).isEqualTo(200);
        try (JsonReader reader = Json.createReader(new StringReader(queues.body()))) {
            assertThat(reader.readArray().getValuesAs(JsonValue::asJsonObject))
                    .extracting((JsonObject queue) -> queue.getString("name"))
                    .contains("orders", "receipts");
        }
    }

    @Test
    @Order(2)
    void stoppedDemoLeavesNoProcessAndKeepsItsData() throws Exception {
        demo.destroy();

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(output()).endsWith("Stopping WildFly", "Stopping Redis", "Stopped.");
        assertThat(DIRECTORY).isDirectoryContaining("glob:**/redis").isDirectoryNotContaining("glob:**.pid");
    }

    private static HttpResponse<String> asPrintedUser(String path) throws Exception {
        MatchResult console = console();
        String credentials = console.group(2) + ":" + console.group(3);
        return send(HttpRequest.newBuilder(URI.create(console.group(1) + path))
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.US_ASCII))));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
