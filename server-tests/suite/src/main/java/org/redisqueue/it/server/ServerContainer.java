// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.arquillian.protocol.servlet5.ServletMethodExecutor;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.Filters;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Lets Arquillian start a {@link DeployingServer} and deploy to it; the tests inside are called by HTTP. */
public final class ServerContainer implements DeployableContainer<ServerContainer.Configuration> {

    private static final String PROTOCOL = "Servlet 6.0";

    private final DeployingServer server = (DeployingServer) TestedServer.current();

    /** Nothing: the server knows its own. */
    public static final class Configuration implements ContainerConfiguration {
        @Override
        public void validate() {}
    }

    @Override
    public Class<Configuration> getConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public ProtocolDescription getDefaultProtocol() {
        return new ProtocolDescription(PROTOCOL);
    }

    @Override
    public void start() throws LifecycleException {
        try {
            server.start(System.getProperty(SuiteSession.ADDRESSES));
        } catch (RuntimeException e) {
            server.stop();
            throw new LifecycleException(server.name() + " does not start", e);
        }
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
        try {
            server.deploy(archive);
        } catch (RuntimeException e) {
            server.undeploy(archive);
            throw new DeploymentException(archive.getName() + " cannot be deployed", e);
        }
        HTTPContext web = new HTTPContext(server.web().getHost(), server.web().getPort());
        if (archive instanceof WebArchive) {
            add(archive.getName(), web);
        } else if (archive instanceof EnterpriseArchive) {
            for (ArchivePath module :
                    archive.getContent(Filters.include("/[^/]*\\.war")).keySet()) {
                add(module.get().substring(1), web);
            }
        }
        return new ProtocolMetaData().addContext(web);
    }

    private static void add(String war, HTTPContext web) {
        web.add(new Servlet(ServletMethodExecutor.ARQUILLIAN_SERVLET_NAME, war.replaceFirst("\\.war$", "")));
    }

    @Override
    public void undeploy(Archive<?> archive) {
        server.undeploy(archive);
    }
}
