// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.net.URI;
import java.nio.file.Path;

/**
 * A server that the tests start, deploy archives to one at a time, and stop.
 *
 * <p>All methods except {@link #start} require a running server.
 */
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

    /** The address under which the server publishes web applications, without a context path. */
    URI web();

    /** Deploys the resource adapter outside of any application, with a connection factory, unless it is deployed. */
    void deployAdapter();

    /** Undeploys the resource adapter that {@link #deployAdapter} has deployed, if any. */
    void undeployAdapter();

    /**
     * Deploys an archive, and waits until it has started. The application is named after the file, without its
     * extension.
     *
     * @throws IllegalStateException with the server's explanation if the deployment fails
     */
    void deploy(Path archive);

    /** Undeploys an archive. If its deployment has failed, removes its remnants. */
    void undeploy(Path archive);
}
