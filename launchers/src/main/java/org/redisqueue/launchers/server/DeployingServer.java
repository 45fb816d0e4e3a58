// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.net.URI;
import java.nio.file.Path;

/** A running server to which tests deploy archives. */
public interface DeployingServer {

    /**
     * Configures the server in a directory of its own, starts it, and waits until it accepts deployments.
     *
     * @param redis the address of Redis; the adapter uses it, and tests that run in the server find it in the system
     *     property {@code redisqueue.addresses}
     * @param adapter the archive of the resource adapter
     */
    void start(String redis, Path adapter);

    /** Stops the server and waits until its process has ended. */
    void stop();

    /** The address of the server's web applications. */
    URI web();

    /** Deploys the resource adapter on its own, with a connection factory, unless it is deployed. */
    void deployAdapter();

    /** Undeploys the resource adapter if it is deployed on its own. */
    void undeployAdapter();

    /**
     * Deploys an archive, and waits until it has started. Its name is that of the file without the extension.
     *
     * @throws IllegalStateException with the server's explanation if the deployment fails
     */
    void deploy(Path archive);

    /** Undeploys an archive, even if its deployment has failed. */
    void undeploy(Path archive);
}
