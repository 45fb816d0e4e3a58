// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.net.URI;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.Ports;

/**
 * The options {@code -Ddemo.<name>} of the command line.
 *
 * @param ownRedis whether the demo starts Redis, as opposed to using the server at {@code redisUrl}
 * @param redisUrl the address of Redis
 * @param httpPort the port of the page
 */
record Settings(boolean ownRedis, URI redisUrl, int httpPort) {

    /** Reads the options. */
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
            throw new LaunchFailure(property + " is '" + value + "', but must be a port from 1 to 65535.");
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
            // Reported below.
        }
        throw new LaunchFailure(
                "demo.redis.url must be of the form redis://host:port or rediss://host:port, without user, password and database.");
    }

    int redisPort() {
        return redisUrl.getPort();
    }

    /** Checks that the ports are free, or that the user's own Redis is reachable. */
    void check() {
        requireFree(httpPort, "choose a different one with -Ddemo.http.port=<port>");
        if (ownRedis) {
            requireFree(
                    redisPort(),
                    "choose a different one with -Ddemo.redis.port=<port>, or use the Redis at this port with -Ddemo.redis.url="
                            + redisUrl);
        } else if (!Ports.isOpen(redisUrl.getHost(), redisPort())) {
            throw new LaunchFailure(
                    "Redis at " + redisUrl + " cannot be reached. Start it, or correct demo.redis.url.");
        }
    }

    private static void requireFree(int port, String advice) {
        if (Ports.isOpen("127.0.0.1", port)) {
            throw new LaunchFailure("Port " + port + " is already in use: " + advice + ".");
        }
    }
}
