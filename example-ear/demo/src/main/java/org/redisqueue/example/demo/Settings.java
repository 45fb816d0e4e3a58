// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/**
 * What the user chose by {@code -Ddemo.<name>}.
 *
 * @param ownRedis whether to start a Redis; if not, there is one at {@code redisUrl}
 * @param redisUrl where Redis is
 * @param httpPort the port of the page
 */
record Settings(boolean ownRedis, URI redisUrl, int httpPort) {

    /** Reads the settings. */
    static Settings ofSystemProperties() {
        var url = System.getProperty("demo.redis.url");
        var own = url == null || url.isBlank();
        return new Settings(
                own,
                own ? URI.create("redis://127.0.0.1:" + port("demo.redis.port", 6379)) : redisUrl(url),
                port("demo.http.port", 8080));
    }

    private static int port(String property, int byDefault) {
        var value = System.getProperty(property, "" + byDefault);
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 65535) {
            throw new DemoFailure(property + " is '" + value + "', but must be a port from 1 to 65535.");
        }
        return Integer.parseInt(value);
    }

    private static URI redisUrl(String value) {
        try {
            var url = URI.create(value);
            var known = "redis".equals(url.getScheme()) || "rediss".equals(url.getScheme());
            if (known
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getPath().matches("/?")) {
                return URI.create(
                        url.getScheme() + "://" + url.getHost() + ":" + (url.getPort() == -1 ? 6379 : url.getPort()));
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new DemoFailure(
                "demo.redis.url must have the form redis://127.0.0.1:6379, without user, password and database.");
    }

    int redisPort() {
        return redisUrl.getPort();
    }

    /** Fails if what is to be started here could not listen, or what should be there does not. */
    void check() {
        requireFree(httpPort, "choose another with -Ddemo.http.port=<port>");
        if (ownRedis) {
            requireFree(
                    redisPort(),
                    "choose another with -Ddemo.redis.port=<port>, or use the Redis there with -Ddemo.redis.url="
                            + redisUrl);
        } else if (!listens(redisUrl.getHost(), redisPort())) {
            throw new DemoFailure("Redis at " + redisUrl + " cannot be reached. Start it, or correct demo.redis.url.");
        }
    }

    private static void requireFree(int port, String advice) {
        if (listens("127.0.0.1", port)) {
            throw new DemoFailure("Port " + port + " is already in use: " + advice + ".");
        }
    }

    private static boolean listens(String host, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 5000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
