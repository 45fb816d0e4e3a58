// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.stream.Collectors;

/** A user of web applications on the servers that the demo and the tests start. The password is random in each run. */
public enum ServerUser {
    OPERATOR("redis-queue-operator"),
    VIEWER("redis-queue-viewer"),
    WITHOUT_ROLE("guests");

    /** Only letters and digits, so that a double-click in a terminal selects the whole password. */
    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final int LENGTH = 20;
    private static final String PASSWORD = new SecureRandom()
            .ints(LENGTH, 0, CHARACTERS.length())
            .mapToObj(CHARACTERS::charAt)
            .map(String::valueOf)
            .collect(Collectors.joining());

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
