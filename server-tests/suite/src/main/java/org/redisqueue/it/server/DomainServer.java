// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.redisqueue.RedisMessage;
import org.redisqueue.example.demo.Domain;
import org.redisqueue.example.demo.H2;
import org.redisqueue.example.demo.Installation;
import org.redisqueue.example.demo.OrderDeskServer;
import org.redisqueue.ra.testing.TestRedis;

/** A Payara or GlassFish in a domain of its own, administered by {@code asadmin}. */
public abstract class DomainServer implements DeployingServer {

    private static final Path DIRECTORY = Path.of("target", "server");
    private static final String ADAPTER = "redis-queue";

    private final Path home;
    private final Domain domain;
    private final int httpPort = TestRedis.freePort();
    private final Set<String> deployed = new HashSet<>();
    private Process process;
    private boolean hasAdapter;

    /** @param home where it was unpacked; nothing is written there */
    protected DomainServer(Path home) {
        this.home = home;
        this.domain = new Domain(home, DIRECTORY);
    }

    /** Whether it brings the database with which the tests are made. */
    protected abstract boolean hasDatabase();

    @Override
    public void start(String redis) {
        try {
            domain.create();
            domain.configure(
                    httpPort, "redis-queue-it", DIRECTORY.toAbsolutePath().resolve("transactions"));
            if (!hasDatabase()) {
                Files.copy(H2.jar(), domain.directory().resolve("lib/h2.jar"));
            }
            process = new ProcessBuilder(domain.command(List.of(
                            "-Xmx512m",
                            "-XX:TieredStopAtLevel=1",
                            "-Dredisqueue.addresses=" + redis,
                            "-Ddeployment.resource.validation=false")))
                    .redirectErrorStream(true)
                    .redirectOutput(DIRECTORY.resolve("server.log").toFile())
                    .start();
            EndWithTests.remember(process.toHandle());
            process.getOutputStream().close();
            domain.awaitRunning(process);
            domain.administerBy(script("configure-domain.asadmin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static String script(String name) throws IOException {
        try (var in = DomainServer.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes());
        }
    }

    @Override
    public void stop() {
        if (process != null) {
            process.destroy();
            process.onExit().completeOnTimeout(process, 60, TimeUnit.SECONDS).join();
            process.destroyForcibly().onExit().join();
        }
    }

    @Override
    public URI web() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    @Override
    public void deployAdapter() {
        if (!hasAdapter) {
            administerBy("deploy-adapter.asadmin", Archives.rar());
            hasAdapter = true;
        }
    }

    @Override
    public void undeployAdapter() {
        if (hasAdapter) {
            administer("undeploy", "--cascade=true", ADAPTER);
            hasAdapter = false;
        }
    }

    @Override
    public void deploy(Archive<?> archive) {
        if (archive instanceof EnterpriseArchive) {
            administer(
                    "create-resource-adapter-config",
                    "--property",
                    "addresses=${redisqueue.addresses}",
                    adapterIn(archive));
        }
        try {
            administer("deploy", "--name", nameOf(archive), export(archive).toString());
            deployed.add(nameOf(archive));
        } finally {
            if (archive instanceof EnterpriseArchive && !deployed.contains(nameOf(archive))) {
                administer("delete-resource-adapter-config", adapterIn(archive));
            }
        }
    }

    @Override
    public void undeploy(Archive<?> archive) {
        if (deployed.remove(nameOf(archive))) {
            administer("undeploy", nameOf(archive));
        }
    }

    private static String adapterIn(Archive<?> ear) {
        return nameOf(ear) + "#" + ADAPTER;
    }

    @Override
    public OrderDeskServer orderDesk(Path directory, int httpPort, URI redis) {
        return OrderDeskServer.of(
                name().toLowerCase(Locale.ROOT), new Installation(home, directory, Archives.EXAMPLE, httpPort, redis));
    }

    /** The adapter in an EAR sees the libraries, and takes the API's classes from there. */
    @Override
    public File[] neededByExtensionInEar() {
        return new File[] {
            new File(RedisMessage.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath())
        };
    }

    private static String nameOf(Archive<?> archive) {
        return archive.getName().replaceFirst("\\.[^.]+$", "");
    }

    private static Path export(Archive<?> archive) {
        var file = DIRECTORY.resolve(archive.getName()).toAbsolutePath();
        archive.as(ZipExporter.class).exportTo(file.toFile(), true);
        return file;
    }

    private void administer(String... command) {
        try {
            domain.administer(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void administerBy(String script, Archive<?> archive) {
        try {
            domain.administerBy(
                    script(script).replace("redis-queue.rar", export(archive).toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }
}
