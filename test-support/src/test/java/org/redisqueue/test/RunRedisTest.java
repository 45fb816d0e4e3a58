// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRedisTest {

    @TempDir
    private Path directory;

    /** What a build does: it runs Redis until the JVM ends. */
    static final class Build {

        private Build() {}

        public static void main(String... args) throws IOException, InterruptedException {
            RunRedis.main(args);
            System.in.transferTo(System.out);
        }
    }

    @Test
    void redisRunsUntilTheBuildEnds() throws Exception {
        int port = freePort();
        Process build = build(port);
        try {
            assertThat(isOpen(port)).isTrue();
            build.destroy();
            assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(isOpen(port)).isFalse();
        } finally {
            build.destroyForcibly();
        }
    }

    @Test
    void redisOfKilledBuildIsReplaced() throws Exception {
        int port = freePort();
        Process killed = build(port);
        killed.destroyForcibly().waitFor();
        assertThat(isOpen(port)).isTrue();

        Process build = build(port);
        build.getOutputStream().close();
        assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).isZero();
        assertThat(isOpen(port)).isFalse();
    }

    @Test
    void portInUseIsRefused() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThatThrownBy(() -> RunRedis.main(port, directory.toString()))
                    .hasMessage("Port " + port + " is in use. Choose another port for Redis.");
        }
    }

    /** Starts a build, and returns when its Redis is running. */
    private Process build(int port) throws IOException {
        Process build = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Build.class.getName(),
                        Integer.toString(port),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(build.inputReader().readLine()).startsWith("Redis is running on port " + port);
        return build;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
