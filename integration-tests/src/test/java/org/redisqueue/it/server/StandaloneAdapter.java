// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.InputStream;
import org.jboss.as.arquillian.api.ServerSetupTask;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentHelper;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/** Has the resource adapter deployed by itself; the next test class that wants it so finds it there. */
public final class StandaloneAdapter implements ServerSetupTask {

    private static boolean deployed;

    @Override
    public void setup(ManagementClient client, String containerId) throws Exception {
        if (!deployed) {
            try (InputStream rar = Archives.rar().as(ZipExporter.class).exportAsInputStream()) {
                new ServerDeploymentHelper(client.getControllerClient()).deploy(Archives.STANDALONE, rar);
            }
            deployed = true;
        }
    }

    @Override
    public void tearDown(ManagementClient client, String containerId) {}

    static void remove(ManagementClient client) throws Exception {
        if (deployed) {
            new ServerDeploymentHelper(client.getControllerClient()).undeploy(Archives.STANDALONE);
            deployed = false;
        }
    }
}
