// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.wildfly.TracingWildFlyServer;
import org.redisqueue.launchers.wildfly.WildFlyOrderDesk;

/** WildFly. */
final class WildFly implements ApplicationServer {

    @Override
    public String id() {
        return "wildfly";
    }

    @Override
    public String name() {
        return "WildFly";
    }

    @Override
    public OrderDeskServer orderDesk(Installation installation) {
        return new WildFlyOrderDesk(name(), installation);
    }

    /** Returns empty: the managed container of WildFly Arquillian gives tests access to the management API. */
    @Override
    public Optional<DeployingServer> forTests(Path home, Path directory) {
        return Optional.empty();
    }

    @Override
    public Optional<DeployingServer> exportingTo(URI collector, Path home, Path directory) {
        return Optional.of(new TracingWildFlyServer(home, directory, collector));
    }
}
