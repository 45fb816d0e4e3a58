// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
            if (args[2].equals("child")) {
                new ProcessBuilder("sleep", "60").start();
            }
            RunRedis.main(args[0], args[1]);
            if (args[2].equals("twice")) {
                RunRedis.main(args[0], args[1]);
            }
            System.out.println("ready");
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
    void redisOfRunningBuildIsKept() throws Exception {
        int port = freePort();
        Process running = build(port);
        try {
            assertThatThrownBy(() -> RunRedis.main(Integer.toString(port), directory.toString()))
                    .hasMessage("The application is already running: process " + running.pid() + " uses the Redis in "
                            + directory + ". Stop it with Ctrl-C first.");
            assertThat(isOpen(port)).isTrue();
        } finally {
            running.destroy();
            assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void secondStartInTheSameBuildKeepsRedis() throws Exception {
        int port = freePort();
        Process build = build(port, "twice");
        try {
            assertThat(isOpen(port)).isTrue();
        } finally {
            build.destroy();
            assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void processesThatTheBuildHasStartedBeforeAreKept() throws Exception {
        Process build = build(freePort(), "child");
        ProcessHandle child = build.children().findFirst().orElseThrow();
        try {
            build.destroy();
            assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void portInUseIsRefused() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> RunRedis.main(Integer.toString(port), directory.toString()))
                    .hasMessage("Port " + port + " is in use. Choose another one for Redis, such as -Dredis.port="
                            + (port + 1) + ", or use the Redis on it with -Dredis.addresses=redis://127.0.0.1:" + port
                            + ".");
        }
    }

    @Test
    void failureOfRedisIsReported() throws IOException {
        try (Socket other = new Socket()) {
            // Redis cannot use the port, although it accepts no connections.
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatThrownBy(() -> RunRedis.main(Integer.toString(other.getLocalPort()), directory.toString()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Failed listening on port " + other.getLocalPort())
                    .hasMessageContaining(directory.resolve("redis.log").toString());
        }
    }

    /** Starts a build, and returns when its Redis is running. */
    private Process build(int port) throws IOException {
        return build(port, "once");
    }

    private Process build(int port, String mode) throws IOException {
        Process build = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Build.class.getName(),
                        Integer.toString(port),
                        directory.toString(),
                        mode)
                .redirectErrorStream(true)
                .start();
        BufferedReader output = build.inputReader();
        assertThat(output.readLine()).startsWith("Redis is running on port " + port);
        assertThat(output.readLine()).isEqualTo("ready");
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
