// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metric with its values. Of values with equal labels, such as those of two listeners of one name, counts are added, and
 * the longest duration is kept.
 */
final class Family {

    private final String name;
    private final String help;
    private final boolean counter;
    private final Map<Labels, Double> values = new LinkedHashMap<>();

    private Family(String name, String help, boolean counter) {
        this.name = name;
        this.help = help;
        this.counter = counter;
    }

    static Family gauge(String name, String help) {
        return new Family(name, help, false);
    }

    /** Creates a counter, whose name gets the suffix {@code _total}. */
    static Family counter(String name, String help) {
        return new Family(name, help, true);
    }

    void add(Labels labels, long value) {
        add(labels, (double) value);
    }

    void add(Labels labels, double value) {
        values.merge(labels, value, Double::sum);
    }

    void addSeconds(Labels labels, Duration value) {
        values.merge(labels, Math.max(0, value.toMillis()) / 1_000.0, Double::max);
    }

    MetricSnapshot snapshot() {
        return counter ? counterSnapshot() : gaugeSnapshot();
    }

    private MetricSnapshot counterSnapshot() {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build()));
        return snapshot.build();
    }

    private MetricSnapshot gaugeSnapshot() {
        GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> snapshot.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build()));
        return snapshot.build();
    }
}
