// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.arquillian.protocol.servlet5.ServletMethodExecutor;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.Filters;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.launchers.server.DeployingServer;

/** The Arquillian container of a {@link LaunchedServer}. It calls tests that run in the server over HTTP. */
public final class ServerContainer implements DeployableContainer<ServerContainer.Configuration> {

    private static final String PROTOCOL = "Servlet 6.0";

    private static final Path ARCHIVES = TestedServer.DIRECTORY.resolve("archives");

    private final LaunchedServer tested = (LaunchedServer) TestedServer.current();
    private final DeployingServer server = tested.server();

    /** Empty, because the launcher configures the server. */
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

    /** Does nothing: {@link ServerLifecycle} has started the server. */
    @Override
    public void start() {}

    /** Does nothing: the server keeps running for the next test class. */
    @Override
    public void stop() {}

    @Override
    public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
        try {
            Files.createDirectories(ARCHIVES);
            archive.as(ZipExporter.class).exportTo(file(archive).toFile(), true);
            server.deploy(file(archive));
        } catch (IOException | RuntimeException e) {
            server.undeploy(file(archive));
            throw new DeploymentException("Cannot deploy " + archive.getName(), e);
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

    private static Path file(Archive<?> archive) {
        return ARCHIVES.resolve(archive.getName());
    }

    private static void add(String war, HTTPContext web) {
        web.add(new Servlet(ServletMethodExecutor.ARQUILLIAN_SERVLET_NAME, war.replaceFirst("\\.war$", "")));
    }

    @Override
    public void undeploy(Archive<?> archive) {
        server.undeploy(file(archive));
    }
}
