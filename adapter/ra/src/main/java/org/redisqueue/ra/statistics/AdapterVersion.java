// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The version of the adapter, which operators see. */
final class AdapterVersion {

    private static final String UNKNOWN = "unknown";
    private static final String DESCRIPTOR = "/META-INF/maven/org.redisqueue/redis-queue-ra/pom.properties";

    private AdapterVersion() {}

    /** Reads the manifest, or else the descriptor of Maven: GlassFish 8 hides the manifest of an adapter in an EAR. */
    static String read() {
        String version = AdapterVersion.class.getPackage().getImplementationVersion();
        return version == null ? ofDescriptor(AdapterVersion.class.getResourceAsStream(DESCRIPTOR)) : version;
    }

    /** @param descriptor null if there is none, as in tests of the project */
    static String ofDescriptor(@Nullable InputStream descriptor) {
        if (descriptor == null) {
            return UNKNOWN;
        }
        Properties properties = new Properties();
        try (descriptor) {
            properties.load(descriptor);
        } catch (IOException e) {
            return UNKNOWN;
        }
        return properties.getProperty("version", UNKNOWN);
    }
}
