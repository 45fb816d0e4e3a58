// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.h2.Driver;

/** The database of servers that bring none. */
public final class H2 {

    private H2() {}

    /** Where its archive is. */
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
