// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;

/** A user of web applications on the servers that tests start, with a random password. */
public enum ServerUser {
    OPERATOR("redis-queue-operator"),
    VIEWER("redis-queue-viewer"),
    WITHOUT_ROLE("guests");

    private static final String PASSWORD = UUID.randomUUID().toString();

    private final String group;

    ServerUser(String group) {
        this.group = group;
    }

    /** The name, which the audit of the console records. */
    public String userName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The only group of the user. */
    public String group() {
        return group;
    }

    /** The password of all users. */
    public static String password() {
        return PASSWORD;
    }

    /** The value of the HTTP header Authorization. */
    public String authorization() {
        String credentials = userName() + ":" + PASSWORD;
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
