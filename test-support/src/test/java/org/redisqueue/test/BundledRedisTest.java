// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.redisqueue.test.internal.redis.BundledRedis;

/** The bundled Redis on a platform without one. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class BundledRedisTest {

    private final String system = System.getProperty("os.name");

    @AfterEach
    void restore() {
        System.setProperty("os.name", system);
    }

    @Test
    void unknownOperatingSystemIsReportedWithARemedy() {
        System.setProperty("os.name", "Plan 9");
        assertThatIllegalStateException()
                .isThrownBy(() -> BundledRedis.start(0))
                .withMessageStartingWith("The bundled Redis cannot be started on this platform: ")
                .withMessageEndingWith(
                        "Set the system property redisqueue.addresses to the address of an installed one.");
    }
}
