// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.postgresql.Driver;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.redisqueue.ra.testing.TestRedis;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** A WildFly server with an application, in a separate process. */
public final class WildFly implements AutoCloseable {

    static final Path HOME = Path.of(System.getProperty("wildfly.home"));

    private static final String SCRIPT = "benchmark.cli";
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private final int port = TestRedis.freePort();

    /** WildFly closes an HTTP/2 connection that was idle for a minute, even if a response is awaited. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final WildFlyInstance instance;
    private final Path base;
    private final Process process;

    /**
     * Starts the server.
     *
     * @param parent where the base directory is created
     * @param application the application to deploy
     * @param properties system properties of the server, which its configuration also uses
     */
    public WildFly(Path parent, EnterpriseArchive application, Map<String, String> properties) {
        base = parent.resolve("wildfly-" + port);
        instance = new WildFlyInstance(HOME, base);
        try {
            instance.copyConfiguration();
            Path script = Files.writeString(base.resolve(SCRIPT), Resources.text(WildFly.class, SCRIPT));
            instance.configure(script, base.resolve("cli.log"));
            addDriver();
            Path deployments = Files.createDirectories(base.resolve("deployments"));
            application
                    .as(ZipExporter.class)
                    .exportTo(deployments.resolve(application.getName()).toFile());
            process = new ProcessBuilder(command(properties))
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        await("the application answers, see " + log())
                .atMost(START)
                .pollInterval(Duration.ofMillis(200))
                .until(this::answers);
    }

    /** Creates the module of the PostgreSQL driver. */
    private void addDriver() throws IOException {
        Path module = Files.createDirectories(modules().resolve("org/postgresql/main"));
        Files.writeString(module.resolve("module.xml"), Resources.text(WildFly.class, "module.xml"));
        Files.copy(
                Path.of(Driver.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath()),
                module.resolve("postgresql.jar"));
    }

    private Path modules() {
        return base.resolve("modules");
    }

    private List<String> command(Map<String, String> properties) {
        StandaloneCommandBuilder builder = instance.command(port)
                .setServerConfiguration("standalone-full.xml")
                .addModuleDir(modules().toString())
                .addJavaOption("-Xms2g")
                .addJavaOption("-Xmx2g")
                .addJavaOption("-Djava.net.preferIPv4Stack=true")
                // Recovery deletes the rows of commit-markable resources soon after the transactions.
                .addJavaOption("-DRecoveryEnvironmentBean.periodicRecoveryPeriod=5");
        properties.forEach((name, value) -> builder.addServerArgument("-D" + name + "=" + value));
        return builder.build();
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("WildFly has ended, see " + log());
        }
        try {
            return !get("count", Map.of("queue", "any")).isEmpty();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private Path log() {
        return base.resolve("console.log");
    }

    /** Sends a command to the application, and returns its response. */
    public String get(String what, Map<String, ?> parameters) {
        StringBuilder query = new StringBuilder("?do=" + what);
        parameters.forEach(
                (name, value) -> query.append('&').append(name).append('=').append(value));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/application/control" + query))
                .timeout(ANSWER)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new UncheckedIOException(
                        new IOException(what + " " + parameters + ": " + response.statusCode() + ", see " + log()));
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Duration processorTime() {
        return ProcessorTime.of(process);
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the server, and deletes its data, which include the journals. Keeps its logs. */
    @Override
    public void close() {
        EndWithJvm.kill(process);
        ProcessData.delete(base.resolve("data"));
    }
}
