// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.as.controller.client.ModelControllerClient;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.launchers.wildfly.ApplicationUsers;
import org.redisqueue.launchers.wildfly.WildFlyInstance;

/** The WildFly server that Arquillian starts, with the properties that {@link #prepare} sets for {@code arquillian.xml}. */
public final class WildFlyServer extends TestedServer {

    /** The base directory of the server. */
    static final Path BASE = Path.of("target", "server").toAbsolutePath();

    private static final int MANAGEMENT_PORT = 9990;
    private static final int[] PORTS = {8009, 8080, 8443, MANAGEMENT_PORT, 9993, 4712, 4713};
    private static final int LOWEST_OFFSET = 10_000;
    private static final int HIGHEST_OFFSET = 22_000; // the operating system assigns the ports above

    private int managementPort;
    private boolean hasAdapter;

    @Override
    protected void prepare() {
        if (System.getProperty("server.home") == null) {
            return; // unit tests need no server
        }
        configure();
        int offset = freeOffset();
        managementPort = MANAGEMENT_PORT + offset;
        System.setProperty("wildfly.base", BASE.toString());
        System.setProperty("wildfly.port.offset", Integer.toString(offset));
        System.setProperty("wildfly.management.port", Integer.toString(managementPort));
    }

    /** Creates the base directory of the server. */
    private static void configure() {
        try {
            Directories.delete(BASE);
            WildFlyInstance instance = new WildFlyInstance(home(), BASE);
            instance.copyConfiguration();
            ApplicationUsers.write(instance.configuration(), List.of(ServerUser.values()));
            Path script = Files.writeString(
                    BASE.resolve("configure-wildfly.cli"),
                    Resources.text(WildFlyServer.class, "/configure-wildfly.cli"));
            instance.configure(script, BASE.resolve("configure-wildfly.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freeOffset() {
        return ThreadLocalRandom.current()
                .ints(LOWEST_OFFSET, HIGHEST_OFFSET)
                .limit(100)
                .filter(offset -> IntStream.of(PORTS).allMatch(port -> isFree(port + offset)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void deployAdapter() {
        if (!hasAdapter) {
            administer(server -> server.deploy(Archives.rar()));
            hasAdapter = true;
        }
    }

    @Override
    public void undeployAdapter() {
        if (hasAdapter) {
            administer(server -> server.undeploy(Archives.STANDALONE));
            hasAdapter = false;
        }
    }

    private void administer(Consumer<Server> work) {
        try (ModelControllerClient client = ModelControllerClient.Factory.create("127.0.0.1", managementPort)) {
            work.accept(new Server(client));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
