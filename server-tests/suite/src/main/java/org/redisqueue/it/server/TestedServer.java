// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.launchers.ApplicationServer;
import org.redisqueue.launchers.redis.RedisAddress;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;

/** The application server that runs the suite, and the work of its administrator before and between the tests. */
public abstract class TestedServer {

    /** The kind of server that this module tests. */
    protected static final ApplicationServer KIND = ApplicationServer.of(System.getProperty("server.id", "wildfly"));

    /** Where this JVM keeps its files, because several JVMs run tests at the same time. */
    static final Path DIRECTORY = Path.of("target", System.getProperty("test.jvm", "jvm"));

    private static final String HOME = "server.home";

    private boolean running;

    /** Whether this JVM tests a server. Maven also opens sessions for unit tests, and to find out which tests there are. */
    static boolean isConfigured() {
        return System.getProperty(HOME) != null;
    }

    /** The server that this JVM tests: a service of the module if there is one, otherwise a {@link LaunchedServer}. */
    public static TestedServer current() {
        return Current.SERVER;
    }

    /** The directory of the server that runs the tests. */
    protected static Path directory() {
        return DIRECTORY.resolve("server");
    }

    /** The installation, which remains unchanged. */
    protected static Path home() {
        return Path.of(System.getProperty(HOME));
    }

    /** The kind of this server. */
    public final ApplicationServer kind() {
        return KIND;
    }

    /** Sets the system properties to which {@code arquillian.xml} refers, before Arquillian reads it. */
    protected void prepare() {}

    /** Starts the server, unless it is running. */
    final synchronized void start() {
        if (!running) {
            try {
                launch();
                running = true;
            } catch (RuntimeException e) {
                end(); // so that the next class can try again
                throw e;
            }
        }
    }

    /** Stops the server if it is running. */
    final synchronized void stop() {
        if (running) {
            running = false;
            end();
        }
    }

    /** Starts the server, and waits until it accepts deployments. */
    protected abstract void launch();

    /** Stops the server if its process is running, and waits until it has ended. */
    protected abstract void end();

    /** Deploys the adapter on its own, with a connection factory, unless it is deployed. */
    public abstract void deployAdapter();

    /** Undeploys the adapter if it is deployed on its own. */
    public abstract void undeployAdapter();

    /** The example application as this server deploys it. It answers at the root of the web server. */
    public final Archive<?> example() {
        try {
            Path archive = KIND.orderDeskArchive(Archives.EXAMPLE, DIRECTORY);
            if (archive.toString().endsWith(".ear")) {
                return ShrinkWrap.createFromZipFile(EnterpriseArchive.class, archive.toFile());
            }
            return ShrinkWrap.createFromZipFile(WebArchive.class, archive.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The example application on another server of the same kind, which a test can kill. */
    public final OrderDeskServer orderDesk(Path directory, int httpPort, RedisAddress redis) {
        return KIND.orderDesk(new Installation(home(), directory, Archives.EXAMPLE, httpPort, redis));
    }

    /**
     * Another server of the same kind, which exports telemetry.
     *
     * @param collector the address of a collector, which accepts OTLP over HTTP
     */
    public final DeployingServer exportingTo(URI collector, Path directory) {
        return KIND.exportingTo(collector, home(), directory).orElseThrow();
    }

    private static final class Current {
        private static final TestedServer SERVER =
                ServiceLoader.load(TestedServer.class).findFirst().orElseGet(LaunchedServer::new);
    }
}
