// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/** A user in the default security domain of WildFly. */
public enum ApplicationUser {
    OPERATOR("redis-queue-operator"),
    VIEWER("redis-queue-viewer"),
    WITHOUT_ROLE("guest");

    private static final String REALM = "ApplicationRealm";

    private final String role;
    private final String password = UUID.randomUUID().toString();

    ApplicationUser(String role) {
        this.role = role;
    }

    /** The name, which the audit of the console records. */
    public String userName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value of the header Authorization. */
    public String authorization() {
        String credentials = userName() + ":" + password;
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the files that {@code add-user.sh} would write, before the server starts. */
    static void writeAll(Path configuration) throws IOException {
        Files.write(
                configuration.resolve("application-users.properties"),
                Arrays.stream(values())
                        .map(user -> user.userName() + "=" + user.digest())
                        .toList());
        Files.write(
                configuration.resolve("application-roles.properties"),
                Arrays.stream(values())
                        .map(user -> user.userName() + "=" + user.role)
                        .toList());
    }

    private String digest() {
        try {
            String text = userName() + ":" + REALM + ":" + password;
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
