// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.process.Ports;
import redis.embedded.RedisExecProvider;

class RedisProcessTest {

    @TempDir
    private Path directory;

    @Test
    void startsAndStops() throws Exception {
        int port = Ports.free();

        RedisProcess redis = RedisProcess.start(directory, port, new Leftovers(directory));

        assertThat(ping(port)).isEqualTo("+PONG");
        redis.close();
        assertThat(Ports.isOpen("127.0.0.1", port)).isFalse();
        assertThat(directory.resolve("Redis.pid")).doesNotExist();
    }

    @Test
    void waitsUntilTheProcessIdIsWritten() throws Exception {
        Path server = directory.resolve("redis-server-" + RedisExecProvider.redisVersion);
        Path bundled = Files.move(
                RedisExecProvider.defaultProvider().get().toPath(), directory.resolve("bundled-redis-server"));
        Files.writeString(server, """
                #!/bin/sh
                : > %s
                (sleep 0.5; exec %s "$@") > /dev/null 2>&1 &
                """.formatted(directory.resolve("redis-server.pid"), bundled));
        assertThat(server.toFile().setExecutable(true)).isTrue();
        int port = Ports.free();

        try (RedisProcess redis = RedisProcess.start(directory, port, new Leftovers(directory))) {
            assertThat(redis.ended()).isNotDone();
            assertThat(ping(port)).isEqualTo("+PONG");
        }
    }

    private static String ping(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
        }
    }
}
