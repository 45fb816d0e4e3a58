// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.tomcat.util.descriptor.web.ContextResource;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.QueueAdmin;

/** The console in an embedded servlet container, with a user for each role. Their passwords are "pw". */
public final class ConsoleServer {

    /** A user with a longer name than the audit records. */
    static final String LONG_NAME = "l".repeat(250);

    /** What the shared console operates on. */
    public static final FakeQueueAdmin ADMIN = new FakeQueueAdmin();

    /** They report that a browser has closed a connection, and each start. */
    private static final List<Logger> TALKATIVE =
            List.of(Logger.getLogger("org.apache"), Logger.getLogger("org.glassfish.jersey"));

    private static final String OPERATIONS = "operations";
    private static final Map<String, QueueAdmin> ALL_OPERATIONS = new ConcurrentHashMap<>();
    private static final ConsoleServer SHARED = new ConsoleServer(ADMIN);

    private final URI address;

    private ConsoleServer(QueueAdmin operations) {
        TALKATIVE.forEach(logger -> logger.setLevel(Level.OFF));
        try {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(Files.createTempDirectory("console").toString());
            tomcat.setPort(0);
            String name = "console-" + ALL_OPERATIONS.size();
            ALL_OPERATIONS.put(name, operations);
            tomcat.getEngine().setName(name); // JNDI distinguishes the servers by this name.
            tomcat.setAddDefaultWebXmlToWebapp(false);
            tomcat.enableNaming();
            deploy(tomcat, name);
            addUser(tomcat, "vera", "redis-queue-viewer");
            addUser(tomcat, "olga", "redis-queue-operator");
            addUser(tomcat, "nora", "another-role");
            addUser(tomcat, LONG_NAME, "redis-queue-viewer");
            tomcat.start();
            int port = tomcat.getConnector().getLocalPort();
            address = URI.create("http://127.0.0.1:" + port + "/redis-queue/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deploy(Tomcat tomcat, String operations) {
        StandardContext console =
                (StandardContext) tomcat.addWebapp("/redis-queue", new File("src/main/webapp").getAbsolutePath());
        Tomcat.addServlet(console, "default", new DefaultServlet()).addMapping("/");
        ((StandardJarScanner) console.getJarScanner()).setScanClassPath(false);
        StandardRoot resources = new StandardRoot(console);
        String classes = new File("target/classes").getAbsolutePath();
        resources.addPreResources(new DirResourceSet(resources, "/WEB-INF/classes", classes, "/"));
        console.setResources(resources);
        ContextResource factory = new ContextResource();
        factory.setName("eis/RedisQueue");
        factory.setType(RedisQueueConnectionFactory.class.getName());
        factory.setProperty("factory", Factory.class.getName());
        factory.setProperty(OPERATIONS, operations);
        console.getNamingResources().addResource(factory);
    }

    private static void addUser(Tomcat tomcat, String name, String role) {
        tomcat.addUser(name, "pw");
        tomcat.addRole(name, role);
    }

    /** The address of the page of the shared console. It runs until the JVM ends. */
    public static URI address() {
        return SHARED.address;
    }

    /**
     * Starts another console, which runs until the JVM ends.
     *
     * @return the address of its page
     */
    public static URI start(QueueAdmin operations) {
        return new ConsoleServer(operations).address;
    }

    /** Creates the connection factory that JNDI returns. */
    public static final class Factory implements ObjectFactory {
        @Override
        public Object getObjectInstance(Object reference, Name name, Context context, Hashtable<?, ?> environment) {
            Object operations = ((Reference) reference).get(OPERATIONS).getContent();
            return new FakeConnectionFactory(ALL_OPERATIONS.get((String) operations));
        }
    }

    private static final class FakeConnectionFactory implements RedisQueueConnectionFactory {

        private static final long serialVersionUID = 1L;

        private final transient QueueAdmin operations;

        private FakeConnectionFactory(QueueAdmin operations) {
            this.operations = operations;
        }

        @Override
        public RedisQueueConnection createConnection() {
            throw new UnsupportedOperationException();
        }

        @Override
        public RedisQueueConnection createConnection(String user, String password) {
            throw new UnsupportedOperationException();
        }

        @Override
        public QueueAdmin admin() {
            return operations;
        }

        @Override
        public void setReference(Reference reference) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reference getReference() {
            throw new UnsupportedOperationException();
        }
    }
}
