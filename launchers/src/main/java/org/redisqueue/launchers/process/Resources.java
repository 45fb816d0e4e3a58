// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads text files from the class path. */
public final class Resources {

    private Resources() {}

    /** The text of a resource in the package of a class. */
    public static String text(Class<?> owner, String name) throws IOException {
        try (var in = owner.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
