// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.util.List;
import java.util.Map;

/**
 * A quantity of a peer, measured once in each round.
 *
 * @param benchmark the benchmark that measured it
 * @param name the quantity
 * @param peer the peer
 * @param unit the unit of the values
 * @param values the values, in the order of the rounds
 * @param settings the settings of the run
 */
public record Measurement(
        String benchmark, String name, String peer, String unit, List<Double> values, Map<String, String> settings) {

    public double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    public double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
