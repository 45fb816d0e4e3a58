// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;

/** Registers {@link AdapterDeployer} with Arquillian, and {@link ServerContainer} if a launcher starts the server. */
public final class ServerExtension implements LoadableExtension {

    @Override
    public void register(ExtensionBuilder builder) {
        builder.observer(AdapterDeployer.class);
        if (TestedServer.current() instanceof LaunchedServer) {
            builder.service(DeployableContainer.class, ServerContainer.class);
        }
    }
}
