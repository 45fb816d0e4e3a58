// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.nio.file.Path;
import org.redisqueue.launchers.server.DeployingServer;

/** A server that a launcher starts, and to which {@link ServerContainer} deploys the applications of the tests. */
final class LaunchedServer extends TestedServer {

    private final DeployingServer server =
            KIND.forTests(home(), Path.of("target", "server")).orElseThrow();

    DeployingServer server() {
        return server;
    }

    @Override
    public void deployAdapter() {
        server.deployAdapter();
    }

    @Override
    public void undeployAdapter() {
        server.undeployAdapter();
    }
}
