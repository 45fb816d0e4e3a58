// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.as.arquillian.api.ServerSetupTask;
import org.jboss.as.arquillian.container.ManagementClient;

/** Has the resource adapter not deployed by itself. */
public final class NoStandaloneAdapter implements ServerSetupTask {

    @Override
    public void setup(ManagementClient client, String containerId) {
        StandaloneAdapter.undeploy(new Server(client));
    }

    @Override
    public void tearDown(ManagementClient client, String containerId) {}
}
