// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;

class EndpointClassLoaderTest {

    private static final ClassLoader CONTAINER = EndpointClassLoaderTest.class.getClassLoader();

    /** Sees that services have implementations, but not their classes, like an application in Open Liberty. */
    private final ClassLoader application = new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader()) {
        @Override
        public Enumeration<URL> findResources(String name) throws IOException {
            return name.startsWith("META-INF/services/")
                    ? CONTAINER.getResources(name)
                    : Collections.emptyEnumeration();
        }
    };

    @Test
    void jsonIsReadIfTheApplicationCannotSeeTheImplementationOfTheContainer() {
        assertThatThrownBy(() -> readJsonIn(application)).isInstanceOf(ServiceConfigurationError.class);

        assertThat(readJsonIn(new EndpointClassLoader(application, CONTAINER))).isEqualTo("text");
    }

    @Test
    void threadWithoutContextClassLoaderAddsNone() {
        ClassLoader loader = new EndpointClassLoader(application, null);

        assertThatThrownBy(() -> loader.loadClass(EndpointClassLoaderTest.class.getName()))
                .isInstanceOf(ClassNotFoundException.class);
    }

    private static String readJsonIn(ClassLoader context) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(context);
        try {
            return JsonbBuilder.create().fromJson("\"text\"", String.class);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
