// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.redisqueue.launchers.liberty.LibertyOrderDesk;
import org.redisqueue.launchers.liberty.LibertyServer;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.Limitation;
import org.redisqueue.launchers.server.OrderDeskServer;

/** Open Liberty. */
final class OpenLiberty implements ApplicationServer {

    @Override
    public String id() {
        return "liberty";
    }

    @Override
    public String name() {
        return "Open Liberty";
    }

    @Override
    public OrderDeskServer orderDesk(Installation installation) {
        return new LibertyOrderDesk(name(), installation);
    }

    @Override
    public Optional<DeployingServer> forTests(Path home, Path directory) {
        return Optional.of(new LibertyServer(home, directory));
    }

    @Override
    public Optional<DeployingServer> exportingTo(URI collector, Path home, Path directory) {
        return Optional.of(new LibertyServer(home, directory, collector));
    }

    @Override
    public List<Limitation> limitations() {
        return List.of(new Limitation(
                "listenerInWarConsumesWithTheExtensionInTheLibrariesOfItsEar",
                "RQ-503 No connection factory",
                "Open Liberty starts the beans of an EAR's libraries before the adapter in it"));
    }
}
