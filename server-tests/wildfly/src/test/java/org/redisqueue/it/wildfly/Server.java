// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.as.controller.client.ModelControllerClient;
import org.jboss.as.controller.client.helpers.Operations;
import org.jboss.as.controller.client.helpers.standalone.DeploymentPlanBuilder;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentHelper;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentHelper.ServerDeploymentException;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentManager;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.Property;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/** A WildFly server from the point of view of its operator. */
public final class Server {

    private static final Path LOG = WildFlyServer.BASE.resolve("log/server.log");

    private final ModelControllerClient client;

    public Server(ManagementClient management) {
        this(management.getControllerClient());
    }

    Server(ModelControllerClient client) {
        this.client = client;
    }

    /**
     * Deploys an archive.
     *
     * @throws IllegalStateException with the server's description of the failure if the deployment fails
     */
    public void deploy(Archive<?> archive) {
        try (InputStream content = archive.as(ZipExporter.class).exportAsInputStream()) {
            deployments().deploy(archive.getName(), content);
        } catch (ServerDeploymentException | IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Replaces the deployment with the name of the archive; dependent deployments stay. */
    public void redeploy(Archive<?> archive) {
        DeploymentPlanBuilder plan = deploymentManager().newDeploymentPlan();
        try (InputStream content = archive.as(ZipExporter.class).exportAsInputStream()) {
            deploymentManager()
                    .execute(plan.replace(archive.getName(), content).build())
                    .get();
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ServerDeploymentManager deploymentManager() {
        return ServerDeploymentManager.Factory.create(client);
    }

    /** Undeploys the archive with this name, and returns when it is gone. */
    public void undeploy(String name) {
        try {
            deployments().undeploy(name);
        } catch (ServerDeploymentException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private ServerDeploymentHelper deployments() {
        return new ServerDeploymentHelper(client);
    }

    /** Binds an alias to a JNDI name. */
    public void bindAlias(String name, String target) {
        ModelNode add = Operations.createAddOperation(binding(name));
        add.get("binding-type").set("lookup");
        add.get("lookup").set(target);
        execute(add);
    }

    /** Removes a binding at once; without the header, WildFly keeps it until the next reload. */
    public void unbind(String name) {
        ModelNode remove = Operations.createRemoveOperation(binding(name));
        remove.get("operation-headers", "allow-resource-service-restart").set(true);
        execute(remove);
    }

    private static ModelNode binding(String name) {
        return Operations.createAddress("subsystem", "naming", "binding", name);
    }

    /** Starts another resource adapter of a deployed archive, with the connection factory {@code java:/eis/<name>}. */
    public void startAdapter(String name, String archive, Map<String, String> properties) {
        ModelNode adapter = Operations.createAddress("subsystem", "resource-adapters", "resource-adapter", name);
        ModelNode add = Operations.createAddOperation(adapter);
        add.get("archive").set(archive);
        add.get("transaction-support").set("XATransaction");
        execute(add);
        properties.forEach((property, value) -> {
            ModelNode set = Operations.createAddOperation(adapter.clone().add("config-properties", property));
            set.get("value").set(value);
            execute(set);
        });
        ModelNode connections = Operations.createAddOperation(adapter.clone().add("connection-definitions", name));
        connections.get("class-name").set("org.redisqueue.ra.outbound.RedisManagedConnectionFactory");
        connections.get("jndi-name").set("java:/eis/" + name);
        connections.get("wrap-xa-resource").set(false);
        connections.get("recovery-username").set("as-configured");
        connections.get("recovery-password").set("as-configured");
        execute(connections);
        execute(Operations.createOperation("activate", adapter));
    }

    /** Stops such a resource adapter; applications that use it continue. */
    public void stopAdapter(String name) {
        ModelNode remove = Operations.createRemoveOperation(
                Operations.createAddress("subsystem", "resource-adapters", "resource-adapter", name));
        remove.get("operation-headers", "allow-resource-service-restart").set(true);
        execute(remove);
    }

    /** Sets the default adapter of message-driven beans; none from the next reload on if the name is empty. */
    public void setDefaultAdapter(String name) {
        ModelNode ejb = Operations.createAddress("subsystem", "ejb3");
        execute(
                name.isEmpty()
                        ? Operations.createUndefineAttributeOperation(ejb, "default-resource-adapter-name")
                        : Operations.createWriteAttributeOperation(ejb, "default-resource-adapter-name", name));
    }

    public void reload() {
        Log log = log();
        execute(Operations.createOperation("reload"));
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !log.with("WFLYSRV0025").isEmpty());
    }

    public void suspend() {
        execute(Operations.createOperation("suspend"));
    }

    public void resume() {
        execute(Operations.createOperation("resume"));
    }

    /** The names of all threads of the adapter and of its Redis client. */
    public List<String> adapterThreads() {
        return threads().stream()
                .filter(name -> Stream.of("redis-queue-", "redisson", "globalEventExecutor-")
                        .anyMatch(name::startsWith))
                .toList();
    }

    /** The names of all threads. */
    public List<String> threads() {
        ModelNode dump = Operations.createOperation("dump-all-threads", platform("threading"));
        dump.get("locked-monitors").set(false);
        dump.get("locked-synchronizers").set(false);
        return execute(dump).asList().stream()
                .map(thread -> thread.get("thread-name").asString())
                .toList();
    }

    /** The names of all resources with branches in the transaction log. */
    public List<String> transactionLog() {
        ModelNode store = Operations.createAddress("subsystem", "transactions", "log-store", "log-store");
        execute(Operations.createOperation("probe", store));
        ModelNode read = Operations.createReadResourceOperation(store, true);
        read.get("include-runtime").set(true);
        return execute(read).get("transactions").asPropertyListOrEmpty().stream()
                .flatMap(transaction -> transaction.getValue().get("participants").asPropertyListOrEmpty().stream())
                .map(Property::getName)
                .toList();
    }

    /** Whether the server starts threads with this name on demand, and keeps them. */
    public static boolean isThreadOfServer(String name) {
        return Stream.of(
                        "default-threads - ",
                        "Reference Reaper #",
                        "ServerService Thread Pool -- ",
                        "MSC service thread ",
                        "management-handler-thread - ",
                        "management task-")
                .anyMatch(name::startsWith);
    }

    /** The process of the server. */
    public ServerProcess process() {
        return new ServerProcess(execute(Operations.createReadAttributeOperation(platform("runtime"), "pid"))
                .asLong());
    }

    private static ModelNode platform(String bean) {
        return Operations.createAddress("core-service", "platform-mbean", "type", bean);
    }

    private ModelNode execute(ModelNode operation) {
        try {
            ModelNode outcome = client.execute(operation);
            if (!Operations.isSuccessfulOutcome(outcome)) {
                throw new IllegalStateException(
                        Operations.getFailureDescription(outcome).asString());
            }
            return Operations.readResult(outcome);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The log of the server from now on. */
    public static Log log() {
        return new Log(lines().count());
    }

    private static Stream<String> lines() {
        try {
            return Files.readString(LOG, StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A part of the server's log. */
    public static final class Log {

        private final long start;

        private Log(long start) {
            this.start = start;
        }

        /** The lines that contain all of these words. */
        public List<String> with(String... words) {
            return lines().skip(start)
                    .filter(line -> Stream.of(words).allMatch(line::contains))
                    .toList();
        }
    }
}
