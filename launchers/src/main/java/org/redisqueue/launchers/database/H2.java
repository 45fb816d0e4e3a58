// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.database;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.h2.Driver;

/** The H2 database for servers that do not include it. */
public final class H2 {

    private H2() {}

    /** The location of the driver. */
    public static Path jar() {
        try {
            return Path.of(Driver.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
