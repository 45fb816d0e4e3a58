// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;

/** Tells Arquillian of {@link AdapterDeployer}, and of {@link ServerContainer} where it is the container. */
public final class ServerExtension implements LoadableExtension {

    @Override
    public void register(ExtensionBuilder builder) {
        builder.observer(AdapterDeployer.class);
        if (TestedServer.current() instanceof DeployingServer) {
            builder.service(DeployableContainer.class, ServerContainer.class);
        }
    }
}
