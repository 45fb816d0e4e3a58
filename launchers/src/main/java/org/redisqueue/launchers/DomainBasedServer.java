// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.redisqueue.launchers.glassfish.DomainOrderDesk;
import org.redisqueue.launchers.glassfish.DomainServer;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;

/**
 * A server whose instances are domains: Payara Server, which includes the H2 database, and GlassFish, into which the
 * launcher installs it.
 */
record DomainBasedServer(String id, String name) implements ApplicationServer {

    @Override
    public OrderDeskServer orderDesk(Installation installation) {
        return new DomainOrderDesk(name(), installation);
    }

    @Override
    public Optional<DeployingServer> forTests(Path home, Path directory) {
        return Optional.of(new DomainServer(home, directory, null));
    }

    /** Returns a server only for Payara: GlassFish has no OpenTelemetry. */
    @Override
    public Optional<DeployingServer> exportingTo(URI collector, Path home, Path directory) {
        if (!id.equals("payara")) {
            return Optional.empty();
        }
        return Optional.of(new DomainServer(home, directory, collector));
    }

    @Override
    public boolean earLibrariesSeeAdapter() {
        return false;
    }
}
