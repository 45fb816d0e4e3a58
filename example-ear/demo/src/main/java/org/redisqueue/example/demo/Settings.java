// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.redis.RedisAddress;
import org.redisqueue.launchers.redis.RedisDeployment;

/**
 * The options {@code -Ddemo.<name>} of the command line.
 *
 * @param redis the Redis that the demo starts; empty if it uses the server at {@code redisUrl}
 * @param redisUrl the address of the user's own Redis, or of the first server that the demo starts
 * @param httpPort the port of the page
 */
record Settings(Optional<RedisDeployment.Kind> redis, URI redisUrl, int httpPort) {

    /** Reads the options. */
    static Settings ofSystemProperties() {
        var url = System.getProperty("demo.redis.url", "");
        var own = url.isBlank() ? Optional.of(kind()) : Optional.<RedisDeployment.Kind>empty();
        return new Settings(
                own,
                own.map(kind -> URI.create("redis://127.0.0.1:" + port("demo.redis.port", 6379, kind.lastPort())))
                        .orElseGet(() -> redisUrl(url)),
                port("demo.http.port", 8080, RedisDeployment.MAX_PORT));
    }

    private static RedisDeployment.Kind kind() {
        var value = System.getProperty("demo.redis", "single");
        return Arrays.stream(RedisDeployment.Kind.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() ->
                        new LaunchFailure("demo.redis is '" + value + "', but must be single, sentinel or cluster."));
    }

    private static int port(String property, int byDefault, int last) {
        var value = System.getProperty(property, "" + byDefault);
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > last) {
            throw new LaunchFailure(property + " is '" + value + "', but must be a port from 1 to " + last + ".");
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

    /** Returns how the adapter connects to Redis. */
    RedisAddress redisAddress() {
        return redis.map(kind -> kind.address(redisPort())).orElseGet(() -> RedisAddress.of(redisUrl));
    }

    /** Returns the end of the name of the server's directory: the orders in its database belong to one Redis. */
    String suffix() {
        return redis.filter(kind -> kind != RedisDeployment.Kind.SINGLE)
                .map(kind -> "-" + kind.name().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    int redisPort() {
        return redisUrl.getPort();
    }

    /** Checks that the ports are free, or that the user's own Redis is reachable. */
    void check() {
        requireFree(httpPort, "choose a different one with -Ddemo.http.port=<port>");
        if (redis.isPresent()) {
            var advice = redis.get() == RedisDeployment.Kind.SINGLE
                    ? ", or use the Redis at this port with -Ddemo.redis.url=" + redisUrl
                    : "";
            redis.get()
                    .ports(redisPort())
                    .forEach(
                            port -> requireFree(port, "choose a different one with -Ddemo.redis.port=<port>" + advice));
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
