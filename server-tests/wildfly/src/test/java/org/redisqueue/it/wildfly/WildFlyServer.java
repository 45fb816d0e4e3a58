// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.as.controller.client.ModelControllerClient;
import org.redisqueue.example.demo.Installation;
import org.redisqueue.example.demo.OrderDeskServer;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.TestedServer;

/** The WildFly that Arquillian starts: {@code arquillian.xml} has how, and asks for the properties that are set here. */
public final class WildFlyServer implements TestedServer {

    private static final int MANAGEMENT_PORT = 9990;
    private static final int[] PORTS = {8009, 8080, 8443, MANAGEMENT_PORT, 9993, 4712, 4713};
    private static final int LOWEST_OFFSET = 10_000;
    private static final int HIGHEST_OFFSET = 22_000; // ports above are the operating system's to give away

    private int managementPort;
    private boolean hasAdapter;

    @Override
    public String name() {
        return "WildFly";
    }

    @Override
    public void prepare() {
        int offset = freeOffset();
        managementPort = MANAGEMENT_PORT + offset;
        System.setProperty("wildfly.port.offset", Integer.toString(offset));
        System.setProperty("wildfly.management.port", Integer.toString(managementPort));
    }

    @Override
    public OrderDeskServer orderDesk(Path directory, int httpPort, URI redis) {
        Path home = Path.of(System.getProperty("wildfly.home"));
        return OrderDeskServer.of("wildfly", new Installation(home, directory, Archives.EXAMPLE, httpPort, redis));
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
