// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ConcurrentSkipListIntObjMultimap;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllocatorClassesTest {

    private static final String ITERATOR = ConcurrentSkipListIntObjMultimap.class.getName() + "$EntryIterator";

    /** Loads the adapter and Netty again, as a server does when it deploys the adapter. */
    private static final class Deployment extends URLClassLoader {

        Deployment() {
            super(
                    Stream.of(AllocatorClasses.class, ByteBuf.class, ConcurrentSkipListIntObjMultimap.class)
                            .map(type ->
                                    type.getProtectionDomain().getCodeSource().getLocation())
                            .toArray(URL[]::new),
                    ClassLoader.getPlatformClassLoader());
        }

        boolean hasLoaded(String name) {
            return findLoadedClass(name) != null;
        }
    }

    @Test
    void finalizerOfTheAllocatorNeedsNoOtherClasses() throws Exception {
        try (Deployment deployment = new Deployment()) {
            Method load = deployment.loadClass(AllocatorClasses.class.getName()).getDeclaredMethod("load");
            load.setAccessible(true);
            assertThat(deployment.hasLoaded(ITERATOR)).isFalse();

            load.invoke(null);

            assertThat(deployment.hasLoaded(ITERATOR)).isTrue();
        }
    }
}
