// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.redisqueue.ra.testing.TestRedis;

/** Starts Redis before the application server, and tells {@code arquillian.xml} where it is and which ports are free. */
public final class Surroundings implements LauncherSessionListener {

    private static final int MANAGEMENT_PORT = 9990;
    private static final int[] PORTS = {8009, 8080, 8443, MANAGEMENT_PORT, 9993, 4712, 4713};
    private static final int LOWEST_OFFSET = 10_000;
    private static final int HIGHEST_OFFSET = 22_000; // ports above are the operating system's to give away

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        int offset = freeOffset();
        System.setProperty("wildfly.port.offset", Integer.toString(offset));
        System.setProperty("wildfly.management.port", Integer.toString(MANAGEMENT_PORT + offset));
        System.setProperty(
                "wildfly.base", Path.of("target", "server").toAbsolutePath().toString());
        System.setProperty("redisqueue.addresses", TestRedis.shared().address());
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
}
