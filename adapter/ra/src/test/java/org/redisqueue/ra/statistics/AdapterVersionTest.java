// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AdapterVersionTest {

    @Test
    void descriptorOfMavenContainsTheVersion() {
        assertThat(AdapterVersion.ofDescriptor(descriptor("artifactId=redis-queue-ra\nversion=1.2.3\n")))
                .isEqualTo("1.2.3");
    }

    @Test
    void versionIsUnknownWithoutDescriptor() {
        assertThat(AdapterVersion.ofDescriptor(null)).isEqualTo("unknown");
        assertThat(AdapterVersion.ofDescriptor(descriptor("artifactId=redis-queue-ra\n")))
                .isEqualTo("unknown");
    }

    private static InputStream descriptor(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
