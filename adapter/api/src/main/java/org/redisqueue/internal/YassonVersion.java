// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** Recognizes the version of Yasson with which the rules of {@link JsonBodyType} were compared. */
final class YassonVersion {

    private static final String TESTED = "3.0.";

    private YassonVersion() {}

    /**
     * Returns whether a JSON-B provider is Yasson in the tested version. A provider whose version is unknown, such as the
     * repackaged Yasson of Open Liberty, is not.
     */
    static boolean isTested(Class<?> provider) {
        URL location = provider.getResource(provider.getSimpleName() + ".class");
        if (location == null || !provider.getName().startsWith("org.eclipse.yasson.")) {
            return false;
        }
        try {
            URLConnection manifest = new URL(location, "/META-INF/MANIFEST.MF").openConnection(); // in the same archive
            manifest.setUseCaches(false);
            try (InputStream content = manifest.getInputStream()) {
                return isTested(new Manifest(content).getMainAttributes());
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isTested(Attributes manifest) {
        String version = manifest.getValue("Bundle-Version");
        return "yasson".equals(manifest.getValue("Bundle-SymbolicName"))
                && version != null
                && version.startsWith(TESTED);
    }
}
