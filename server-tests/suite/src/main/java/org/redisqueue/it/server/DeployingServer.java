// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.net.URI;
import org.jboss.shrinkwrap.api.Archive;

/** A server that {@link ServerContainer} starts and deploys to: one for which no Arquillian container of others is used. */
public interface DeployingServer extends TestedServer {

    /**
     * Configures a server in a directory of its own, starts it and waits until it can be deployed to.
     *
     * @param redis the address that the adapter shall use; tests in the server find it in the system property
     *     {@code redisqueue.addresses}
     */
    void start(String redis);

    /** Stops it, and waits until it has ended. */
    void stop();

    /** Where its web applications are. */
    URI web();

    /**
     * Deploys an archive under its name without the suffix, and waits until it has started.
     *
     * @throws IllegalStateException with what the server says of it, if it fails
     */
    void deploy(Archive<?> archive);

    /** Undeploys what {@link #deploy} deployed; also after it has failed. */
    void undeploy(Archive<?> archive);
}
