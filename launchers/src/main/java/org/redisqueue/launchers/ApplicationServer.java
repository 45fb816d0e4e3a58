// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.Limitation;
import org.redisqueue.launchers.server.OrderDeskServer;

/**
 * An application server that the demo and the tests can start.
 *
 * <p>To add a server, follow the recipe <i>Add a server to the tests</i> in {@code CONTRIBUTING.md}. It begins with a
 * class that implements this interface, and an instance of it in {@link #ALL}.
 */
public interface ApplicationServer {

    /** All servers. */
    @SuppressWarnings("ClassInitializationDeadlock") // the servers are first used on one thread
    List<ApplicationServer> ALL = List.of(
            new WildFly(),
            new DomainBasedServer("payara", "Payara"),
            new DomainBasedServer("glassfish", "GlassFish"),
            new DomainBasedServer("glassfish-8", "GlassFish 8"),
            new OpenLiberty(),
            new PayaraMicro("payara-micro", "Payara Micro"),
            new PayaraMicro("payara-micro-7", "Payara Micro 7"));

    /** The name on the command line, as in {@code -Dserver=<id>}. */
    String id();

    /** The product name, which is also the heading of the server's column in {@code docs/servers/README.md}. */
    String name();

    /** Creates the order desk on this server, in a process whose data survives a restart. */
    OrderDeskServer orderDesk(Installation installation);

    /**
     * Creates a server for the tests, which deploy archives to it one at a time.
     *
     * @param home the directory, or the JAR, of the installation; it remains unchanged
     * @param directory where the server keeps its files; its content is deleted at the start
     * @return empty if the vendor's Arquillian container starts the server instead
     */
    Optional<DeployingServer> forTests(Path home, Path directory);

    /**
     * Creates a server for the tests that exports telemetry.
     *
     * @param collector the address of a collector, which accepts OTLP over HTTP
     * @return empty if the server has no OpenTelemetry, or there are no tests of it
     */
    default Optional<DeployingServer> exportingTo(URI collector, Path home, Path directory) {
        return Optional.empty();
    }

    /**
     * Returns the order desk in a form that this server can deploy.
     *
     * @param ear the archive that the build makes
     * @param directory where a converted archive may be written
     */
    default Path orderDeskArchive(Path ear, Path directory) throws IOException {
        return ear;
    }

    /** Whether the libraries of an EAR see the classes of a resource adapter in the same EAR. */
    default boolean earLibrariesSeeAdapter() {
        return true;
    }

    /** The tests that fail on this server because of its faults. */
    default List<Limitation> limitations() {
        return List.of();
    }

    /**
     * Finds a server.
     *
     * @throws LaunchFailure if there is no server with this id
     */
    static ApplicationServer of(String id) {
        return ALL.stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new LaunchFailure("Unknown server '" + id + "'. Known servers: "
                        + ALL.stream().map(ApplicationServer::id).collect(Collectors.joining(", ")) + "."));
    }
}
