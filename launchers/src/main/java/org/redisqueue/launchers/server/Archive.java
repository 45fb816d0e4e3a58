// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.nio.file.Path;

/** Derives the type and the name of an archive from its file name. */
public final class Archive {

    private Archive() {}

    public static boolean isEar(Path archive) {
        return archive.toString().endsWith(".ear");
    }

    public static boolean isWar(Path archive) {
        return archive.toString().endsWith(".war");
    }

    /** The file name without directories and extension. */
    public static String nameOf(Path archive) {
        return nameOf(archive.toString());
    }

    /** The file name without directories and extension. */
    public static String nameOf(String path) {
        return path.replaceFirst(".*/", "").replaceFirst("\\.\\w+$", "");
    }
}
