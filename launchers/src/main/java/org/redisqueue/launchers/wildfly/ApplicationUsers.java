// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.wildfly;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.redisqueue.launchers.server.ServerUser;

/** The users in the default security domain of WildFly. */
public final class ApplicationUsers {

    private static final String REALM = "ApplicationRealm";

    private ApplicationUsers() {}

    /**
     * Writes the files that {@code add-user.sh} would write. Other users are removed.
     *
     * @param configuration the configuration directory of a server that is not running
     */
    public static void write(Path configuration, List<ServerUser> users) throws IOException {
        Files.write(
                configuration.resolve("application-users.properties"),
                users.stream().map(user -> user.userName() + "=" + digest(user)).toList());
        Files.write(
                configuration.resolve("application-roles.properties"),
                users.stream().map(user -> user.userName() + "=" + user.group()).toList());
    }

    private static String digest(ServerUser user) {
        try {
            var text = user.userName() + ":" + REALM + ":" + ServerUser.password();
            var digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
