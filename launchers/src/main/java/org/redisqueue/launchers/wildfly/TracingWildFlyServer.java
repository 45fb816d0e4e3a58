// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.process.Wait;
import org.redisqueue.launchers.server.TestServer;

/**
 * A WildFly server with {@code standalone-microprofile.xml}, which exports telemetry. It deploys the archives in a
 * directory that it scans.
 */
public final class TracingWildFlyServer extends TestServer {

    private static final String SCRIPT = "tracing.cli";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final WildFlyInstance instance;
    private final URI collector;

    /** @param collector the address of a collector, which accepts OTLP over HTTP */
    public TracingWildFlyServer(Path home, Path directory, URI collector) {
        super(directory.toAbsolutePath().resolve("console.log"));
        this.instance = new WildFlyInstance(home, directory.toAbsolutePath());
        this.collector = collector;
    }

    @Override
    protected void launch() throws IOException, InterruptedException {
        Directories.delete(instance.base());
        instance.copyConfiguration();
        Files.createDirectories(deployments());
        Path script = Files.writeString(
                instance.base().resolve(SCRIPT),
                Resources.text(TracingWildFlyServer.class, SCRIPT)
                        .replace("http://localhost:4318", collector.toString()));
        instance.configure(script, instance.base().resolve("configure.log"));
        run(new ProcessBuilder(instance.command(httpPort)
                .setServerConfiguration("standalone-microprofile.xml")
                .addJavaOption("-Xmx512m")
                .addJavaOption("-Djava.net.preferIPv4Stack=true")
                .addServerArgument("-Dredisqueue.addresses=" + redis())
                .build()));
        if (!Wait.until(PATIENCE, () -> !isAlive() || hasStarted()) || !isAlive()) {
            throw LogTail.failure("WildFly did not start", log);
        }
    }

    private boolean hasStarted() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).contains("WFLYSRV0025");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path deployments() {
        return instance.base().resolve("deployments");
    }

    @Override
    protected void addAdapter() {
        deploy(adapter());
    }

    @Override
    protected void removeAdapter() {
        undeploy(adapter());
    }

    @Override
    public void deploy(Path archive) {
        perform(() -> {
            Files.copy(archive, deployment(archive, ""), StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(deployment(archive, ".failed"));
            Files.createFile(deployment(archive, ".dodeploy"));
            boolean done = Wait.until(
                    PATIENCE,
                    () -> Files.exists(deployment(archive, ".deployed"))
                            || Files.exists(deployment(archive, ".failed")));
            if (!done || Files.exists(deployment(archive, ".failed"))) {
                throw new IllegalStateException(
                        done ? Files.readString(deployment(archive, ".failed")) : "Not deployed, see " + log);
            }
        });
    }

    @Override
    public void undeploy(Path archive) {
        perform(() -> {
            if (Files.deleteIfExists(deployment(archive, ".deployed"))) {
                Wait.until(PATIENCE, () -> Files.exists(deployment(archive, ".undeployed")));
            }
        });
    }

    /** The archive in the scanned directory, or a file with which the scanner communicates. */
    private Path deployment(Path archive, String marker) {
        return deployments().resolve(archive.getFileName() + marker);
    }
}
