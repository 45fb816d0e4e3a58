// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.glassfish;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.redisqueue.launchers.database.H2;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.server.Archive;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.ServerUser;

/** A Payara or GlassFish server for the tests, administered with {@code asadmin}. */
public final class DomainServer implements DeployingServer {

    private static final String ADAPTER = "redis-queue";
    private static final int STOP_SECONDS = 60;

    private final Path home;
    private final Path directory;
    private final Domain domain;
    private final int httpPort = Ports.free();
    private final Set<String> deployed = new HashSet<>();
    private Path adapter;
    private Process process;
    private boolean hasAdapter;

    public DomainServer(Path home, Path directory) {
        this.home = home;
        this.directory = directory.toAbsolutePath();
        this.domain = new Domain(home, directory);
    }

    @Override
    public void start(String redis, Path archive) {
        adapter = archive.toAbsolutePath();
        try {
            domain.create();
            domain.configure(httpPort, "redis-queue-it", directory.resolve("transactions"));
            if (!Domain.includesH2(home)) {
                Files.copy(H2.jar(), domain.directory().resolve("lib/h2.jar"));
            }
            process = new ProcessBuilder(domain.command(List.of(
                            "-Xmx512m",
                            "-XX:TieredStopAtLevel=1",
                            "-Dredisqueue.addresses=" + redis,
                            "-Ddeployment.resource.validation=false")))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("server.log").toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
            process.getOutputStream().close();
            domain.awaitRunning(process);
            domain.runScript(Resources.text(DomainServer.class, "tests.asadmin"));
            domain.createUsers(List.of(ServerUser.values()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void stop() {
        if (process != null) {
            ServerProcess.stop(process, STOP_SECONDS);
        }
    }

    @Override
    public URI web() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    @Override
    public void deployAdapter() {
        if (hasAdapter) {
            return;
        }
        try {
            domain.runScript(Resources.text(DomainServer.class, "deploy-adapter.asadmin")
                    .replace("redis-queue.rar", adapter.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        hasAdapter = true;
    }

    @Override
    public void undeployAdapter() {
        if (hasAdapter) {
            administer("undeploy", "--cascade=true", ADAPTER);
            hasAdapter = false;
        }
    }

    @Override
    public void deploy(Path archive) {
        var name = Archive.nameOf(archive);
        var adapterName = name + "#" + ADAPTER;
        if (Archive.isEar(archive)) {
            administer(
                    "create-resource-adapter-config", "--property", "addresses=${redisqueue.addresses}", adapterName);
        }
        try {
            administer("deploy", "--name", name, archive.toAbsolutePath().toString());
            deployed.add(name);
        } finally {
            if (Archive.isEar(archive) && !deployed.contains(name)) {
                administer("delete-resource-adapter-config", adapterName);
            }
        }
    }

    @Override
    public void undeploy(Path archive) {
        var name = Archive.nameOf(archive);
        if (deployed.remove(name)) {
            administer("undeploy", name);
        }
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

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }
}
