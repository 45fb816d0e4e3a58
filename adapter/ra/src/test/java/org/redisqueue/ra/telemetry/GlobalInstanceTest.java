// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GlobalInstanceTest {

    @BeforeEach
    @AfterEach
    void reset() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void lookingForTheGlobalInstanceDoesNotSetIt() {
        assertThat(GlobalInstance.get()).isNull();

        assertThatCode(() -> GlobalOpenTelemetry.set(OpenTelemetry.noop())).doesNotThrowAnyException();
    }

    @Test
    void globalInstanceIsFoundOnceItIsSet() {
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder().build());

        assertThat(GlobalInstance.get()).isSameAs(GlobalOpenTelemetry.get());
    }
}
