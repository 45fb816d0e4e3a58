// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits that are reported to Prometheus. */
class LimitsTest {

    @ParameterizedTest
    @CsvSource({"100/s, 100", "90/min, 1.5", "1800/h, 0.5", "1000000/s, 1000000"})
    void rateIsReportedPerSecond(String setting, double perSecond) {
        assertThat(Limits.rate(Map.of("rateLimit", setting))).hasValue(perSecond);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "0/s", "007/s", "1000001/s", "100", "100/d"})
    void missingAndInvalidRatesAreNotReported(String setting) {
        assertThat(Limits.rate(Map.of("rateLimit", setting))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void concurrencyIsReported(int setting) {
        assertThat(Limits.concurrency(Map.of("maxQueueConcurrency", Integer.toString(setting))))
                .hasValue(setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "0", "1001", "many"})
    void missingAndInvalidConcurrencyIsNotReported(String setting) {
        assertThat(Limits.concurrency(Map.of("maxQueueConcurrency", setting))).isEmpty();
    }
}
