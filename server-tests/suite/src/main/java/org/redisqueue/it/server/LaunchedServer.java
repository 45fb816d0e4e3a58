// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.redisqueue.launchers.server.DeployingServer;

/** A server that a launcher starts, and to which {@link ServerContainer} deploys the applications of the tests. */
final class LaunchedServer extends TestedServer {

    private final DeployingServer server = KIND.forTests(home(), directory()).orElseThrow();

    DeployingServer server() {
        return server;
    }

    @Override
    protected void launch() {
        server.start(System.getProperty(SuiteSession.ADDRESSES), Archives.RAR.toPath());
    }

    @Override
    protected void end() {
        server.stop();
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
