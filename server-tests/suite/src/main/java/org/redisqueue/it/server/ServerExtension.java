// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;

/**
 * Registers the observers of tests with Arquillian, and {@link ServerContainer} if a launcher deploys their applications.
 */
public final class ServerExtension implements LoadableExtension {

    @Override
    public void register(ExtensionBuilder builder) {
        builder.observer(ServerLifecycle.class);
        builder.observer(AdapterDeployer.class);
        if (TestedServer.current() instanceof LaunchedServer) {
            builder.service(DeployableContainer.class, ServerContainer.class);
        }
    }
}
