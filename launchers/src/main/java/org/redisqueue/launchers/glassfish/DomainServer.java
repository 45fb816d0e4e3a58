// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.glassfish;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.redisqueue.launchers.database.H2;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.server.Archive;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.launchers.server.TestServer;

/** A Payara or GlassFish server for the tests, administered with {@code asadmin}. */
public final class DomainServer extends TestServer {

    private final Path home;
    private final Path directory;
    private final Domain domain;
    private final @Nullable URI collector;
    private final Set<String> deployed = new HashSet<>();

    /** @param collector where to export telemetry to, over HTTP; null if the server does not */
    public DomainServer(Path home, Path directory, @Nullable URI collector) {
        super(directory.toAbsolutePath().resolve("server.log"));
        this.home = home;
        this.directory = directory.toAbsolutePath();
        this.domain = new Domain(home, directory);
        this.collector = collector;
    }

    @Override
    protected void launch() throws IOException, InterruptedException {
        domain.create();
        domain.configure(httpPort, "redis-queue-it", directory.resolve("transactions"));
        if (!Domain.includesH2(home)) {
            Files.copy(H2.jar(), domain.directory().resolve("lib/h2.jar"));
        }
        var process = run(new ProcessBuilder(domain.command(List.of(
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dredisqueue.addresses=" + redis(),
                "-Ddeployment.resource.validation=false"))));
        process.getOutputStream().close();
        domain.awaitRunning(process);
        domain.runScript(Resources.text(DomainServer.class, "tests.asadmin"));
        if (collector != null) {
            var address = "http\\://%s\\:%d";
            domain.runScript(Resources.text(DomainServer.class, "tracing.asadmin")
                    .replace(
                            address.formatted("localhost", 4318),
                            address.formatted(collector.getHost(), collector.getPort())));
        }
        domain.createUsers(List.of(ServerUser.values()));
    }

    @Override
    protected void addAdapter() throws IOException, InterruptedException {
        domain.runScript(Resources.text(DomainServer.class, "deploy-adapter.asadmin")
                .replace("redis-queue.rar", adapter().toString()));
    }

    @Override
    protected void removeAdapter() throws IOException, InterruptedException {
        domain.administer("undeploy", "--cascade=true", ADAPTER);
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
            if (Archive.isEar(archive)) { // so that it can be deployed again
                administer("delete-resource-adapter-config", name + "#" + ADAPTER);
            }
        }
    }

    private void administer(String... command) {
        perform(() -> domain.administer(command));
    }
}
