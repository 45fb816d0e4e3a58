// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.redisqueue.ra.testing.Signal;
import org.redisqueue.ra.testing.TestRedis;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** A WildFly server in a process that can be started, halted, frozen and killed; its data survive a restart. */
public final class Node implements AutoCloseable {

    /** The transactions, in a directory for each kind, such as those with a commit-markable resource that is unavailable. */
    private static final String TRANSACTIONS =
            "data/tx-object-store/ShadowNoFileLockStore/defaultStore/StateManager/BasicAction/TwoPhaseCoordinator";

    private static final String CONSOLE = "console.log";
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final String name;
    private final WildFlyInstance instance;
    private final Path modules;
    private final int httpPort = TestRedis.freePort();
    private final Map<String, String> properties;
    private final int databasePort;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private volatile Process process;

    Node(String name, WildFlyInstance instance, Path modules, int databasePort, Map<String, String> properties) {
        this.name = name;
        this.instance = instance;
        this.modules = modules;
        this.databasePort = databasePort;
        this.properties = properties;
    }

    public String name() {
        return name;
    }

    /** Starts the server and waits until its application answers. */
    public void start() {
        launch(Map.of());
        awaitStarted();
    }

    /** Starts the server unless it is running. Replaces a server that a failed test has left frozen. */
    public void ensureRunning() {
        if (isFrozen()) {
            kill();
        }
        if (!isRunning()) {
            start();
        }
    }

    /** Starts the server with this fault point armed, without waiting. */
    public void launchArmed(FaultPoint point, Fault fault) {
        launch(Map.of(FaultPoint.PROPERTY, point.armed(fault)));
    }

    /** Starts the server without waiting. */
    public void launch() {
        launch(Map.of());
    }

    private void launch(Map<String, String> more) {
        Path byteman = Site.jarOf(org.jboss.byteman.agent.Main.class);
        try {
            Path rules = Files.writeString(instance.base().resolve("faults.btm"), FaultPoint.script());
            StandaloneCommandBuilder builder = instance.command(httpPort)
                    .addModuleDir(modules.toString())
                    .addJavaOption("-Xmx400m")
                    .addJavaOption("-XX:TieredStopAtLevel=1") // servers start often and run for a short time
                    .addJavaOption("-Djava.net.preferIPv4Stack=true")
                    .addJavaOption("-Djboss.modules.system.pkgs=org.jboss.byteman")
                    .addJavaOption("-javaagent:" + byteman + "=boot:" + byteman + ",script:" + rules)
                    .addServerArgument("-Djboss.node.name=" + name)
                    .addServerArgument("-Dreliability.database.port=" + databasePort);
            WildFlyInstance.addRecovery(builder, name);
            properties.forEach((key, value) -> builder.addServerArgument("-D" + key + "=" + value));
            more.forEach((key, value) -> builder.addServerArgument("-D" + key + "=" + value));
            process = new ProcessBuilder(builder.build())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            instance.base().resolve(CONSOLE).toFile()))
                    .start();
            EndWithJvm.add(process.toHandle());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the application answers. */
    public void awaitStarted() {
        await(name + " answers")
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(name + " ended while it was starting, see "
                                + instance.base().resolve(CONSOLE));
                    }
                    return answers();
                });
    }

    private boolean answers() {
        try {
            return call("GET", "/faults").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Arms this fault point in the running server. */
    public void arm(FaultPoint point, Fault fault) {
        post("/faults", "arm", point.armed(fault));
    }

    /**
     * Sends a POST request to the application.
     *
     * @return the status
     * @throws UncheckedIOException if there is no response, and the outcome is unknown
     */
    public int post(String path, String name, String value) {
        return call("POST", path + "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
                .statusCode();
    }

    /** The number of active transactions of deliveries. */
    public int activeTransactions() {
        return Integer.parseInt(call("GET", "/transactions").body());
    }

    private HttpResponse<String> call(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/application" + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(ANSWER)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a fault has ended the server. */
    public void awaitEnd() {
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " did not reach its fault point");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills the server, as a power failure would. */
    public void kill() {
        Signal.KILL.send(process.pid());
        awaitEnd();
    }

    /** Freezes the server, as in a long pause of its machine. */
    public void freeze() {
        Signal.STOP.send(process.pid());
    }

    /** Continues a frozen server, if it is alive. */
    public void thaw() {
        if (isRunning()) {
            Signal.CONT.send(process.pid());
        }
    }

    /** Waits until a fault has frozen the server. */
    public void awaitFrozen() {
        await(name + " is frozen")
                .atMost(ANSWER)
                .pollInterval(Duration.ofMillis(20))
                .until(this::isFrozen);
    }

    private boolean isFrozen() {
        return isRunning() && state().startsWith("T");
    }

    private String state() {
        try {
            Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(process.pid())).start();
            return new String(ps.getInputStream().readAllBytes()).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The unfinished transactions in the log of the transaction manager. An empty file is not a decision: the server died after
     * creating the file, and the transaction manager never deletes it.
     */
    public List<Path> transactionLog() {
        return files(instance.base().resolve(TRANSACTIONS)).stream()
                .filter(Node::hasContent)
                .toList();
    }

    private static boolean hasContent(Path file) {
        try {
            return Files.size(file) > 0;
        } catch (IOException e) {
            return true; // just deleted: the server is still working on the transaction
        }
    }

    /** How many lines of the log of the server contain this text. */
    public long logged(String text) {
        try (Stream<String> lines = Files.lines(instance.base().resolve(CONSOLE))) {
            return lines.filter(line -> line.contains(text)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines that the application has written to this file in the data directory of the server. */
    public List<String> lines(String file) {
        Path path = instance.base().resolve("data").resolve(file);
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(directory)) {
            return new ArrayList<>(found.filter(Files::isRegularFile).toList());
        } catch (IOException | UncheckedIOException e) {
            return List.of(directory); // files are deleted during the walk: the server is still working on transactions
        }
    }

    @Override
    public void close() {
        if (process != null) {
            EndWithJvm.kill(process);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
