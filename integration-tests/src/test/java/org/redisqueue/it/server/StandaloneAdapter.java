// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.as.arquillian.api.ServerSetupTask;
import org.jboss.as.arquillian.container.ManagementClient;

/** Has the resource adapter deployed by itself; the next test class that wants it so finds it there. */
public final class StandaloneAdapter implements ServerSetupTask {

    private static boolean deployed;

    @Override
    public void setup(ManagementClient client, String containerId) {
        deploy(new Server(client));
    }

    @Override
    public void tearDown(ManagementClient client, String containerId) {}

    /** Deploys it if it is not. */
    public static void deploy(Server server) {
        if (!deployed) {
            server.deploy(Archives.rar());
            deployed = true;
        }
    }

    /** Undeploys it if it is deployed: for applications that have one in them. */
    public static void undeploy(Server server) {
        if (deployed) {
            server.undeploy(Archives.STANDALONE);
            deployed = false;
        }
    }
}
