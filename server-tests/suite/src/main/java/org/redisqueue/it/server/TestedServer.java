// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.jboss.shrinkwrap.api.Archive;
import org.redisqueue.example.demo.OrderDeskServer;

/** The application server that the suite runs on: what its administrator does, before and between tests. */
public interface TestedServer {

    /** The one of this run, a service of its module. */
    static TestedServer current() {
        return Current.SERVER;
    }

    /** Its name, as the heading of its column in the table of servers and capabilities. */
    String name();

    /** Sets the system properties that {@code arquillian.xml} refers to; nothing is started yet. */
    default void prepare() {}

    /** Deploys the adapter by itself, with a connection factory, unless it is deployed. */
    void deployAdapter();

    /** Undeploys it if it is deployed by itself. */
    void undeployAdapter();

    /** The example as it is deployed on this server; it answers at the root of the web server. */
    default Archive<?> example() {
        return Archives.example();
    }

    /** The example on another server of the same kind, which can be killed. */
    OrderDeskServer orderDesk(Path directory, int httpPort, URI redis);

    /** What has to be in the libraries of an EAR beside the CDI extension, where they do not see the adapter in it. */
    default File[] neededByExtensionInEar() {
        return new File[0];
    }

    /** What this server cannot do, by faults of its own. */
    default List<Limitation> limitations() {
        return List.of();
    }

    /** Holder of the service. */
    final class Current {
        private static final TestedServer SERVER =
                ServiceLoader.load(TestedServer.class).findFirst().orElseThrow();

        private Current() {}
    }
}
