// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import jakarta.resource.spi.InvalidPropertyException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that tell which Redis to use. */
final class ConnectionOptions implements AutoCloseable {

    private static final String PASSWORD = "REDIS_QUEUE_PASSWORD";
    private static final int MAX_ACTOR = 200;

    /** The environment variables of further passwords, by property. */
    private static final Map<String, String> FURTHER_PASSWORDS = Map.of(
            "trustStorePassword", "REDIS_QUEUE_TRUST_STORE_PASSWORD",
            "keyStorePassword", "REDIS_QUEUE_KEY_STORE_PASSWORD",
            "sentinelPassword", "REDIS_QUEUE_SENTINEL_PASSWORD");

    @Option(
            names = {"-r", "--redis"},
            scope = ScopeType.INHERIT,
            paramLabel = "<address>",
            defaultValue = "${env:REDIS_QUEUE_ADDRESSES:-redis://127.0.0.1:6379}",
            description = "Address of Redis, or comma-separated addresses of sentinels or cluster nodes."
                    + " Default: the environment variable REDIS_QUEUE_ADDRESSES, or redis://127.0.0.1:6379.")
    private String addresses = "";

    @Option(
            names = {"-u", "--user"},
            scope = ScopeType.INHERIT,
            paramLabel = "<name>",
            description = "Redis ACL user. The password is read from the environment variable " + PASSWORD + ".")
    private @Nullable String user;

    @Option(
            names = "--ask-password",
            scope = ScopeType.INHERIT,
            interactive = true,
            arity = "0",
            prompt = "Password: ",
            description = "Ask for the password instead.")
    private char @Nullable [] entered;

    @Option(
            names = {"-c", "--config"},
            scope = ScopeType.INHERIT,
            paramLabel = "<property=value>",
            description = "Any connection property of the resource adapter, such as mode=cluster, keyPrefix=shop or"
                    + " trustStore=trust.p12. Passwords are read from the environment variables"
                    + " REDIS_QUEUE_TRUST_STORE_PASSWORD, REDIS_QUEUE_KEY_STORE_PASSWORD and"
                    + " REDIS_QUEUE_SENTINEL_PASSWORD. Repeatable.")
    private Map<String, String> properties = new LinkedHashMap<>();

    private @Nullable AdminClient client;

    /** The connection properties of the command line. */
    private static final class CommandProperties extends ConnectionProperties {}

    /** Returns the operations. Connects when they are first used. */
    QueueAdmin admin() {
        if (client == null) {
            client = AdminClient.of(connection());
        }
        return client.admin().as(actor(), "cli");
    }

    private ConnectionProperties connection() {
        CommandProperties connection = new CommandProperties();
        Map<String, String> values = new LinkedHashMap<>(properties);
        if (values.keySet().stream()
                .anyMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("password"))) {
            throw new InvalidArgumentException("Do not pass passwords as arguments, where other users can see them."
                    + " Set environment variables such as " + PASSWORD + ", or use --ask-password.");
        }
        values.putIfAbsent("addresses", addresses);
        values.putIfAbsent("poolSize", "10");
        values.putIfAbsent("minimumIdle", "1");
        if (user != null) {
            values.put("user", user);
        }
        String password = password();
        if (password != null) {
            values.put("password", password);
        }
        FURTHER_PASSWORDS.forEach((property, variable) -> {
            String value = System.getenv(variable);
            if (value != null) {
                values.put(property, value);
            }
        });
        try {
            Configuration.set(connection, "command line", values);
            Configuration.applyDefaults(connection);
            connection.check("command line");
        } catch (InvalidPropertyException e) {
            throw new InvalidArgumentException(String.valueOf(e.getMessage()));
        }
        return connection;
    }

    private @Nullable String password() {
        return entered == null ? System.getenv(PASSWORD) : new String(entered);
    }

    /** Who makes changes: the user of the operating system and, if configured, the Redis user. */
    private String actor() {
        String actor =
                System.getProperty("user.name", "unknown") + "@" + host() + (user == null ? "" : " (" + user + ")");
        return actor.substring(0, Math.min(MAX_ACTOR, actor.length()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
