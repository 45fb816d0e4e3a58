// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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

    private static final Pattern ADAPTER =
            Pattern.compile("adapter|redis-(always|everysec).*|single|sentinel.*|cluster.*");

    /** Whether the peer uses the adapter. */
    boolean isOfAdapter() {
        return isOfAdapter(peer);
    }

    /** Whether the peer with this name uses the adapter. */
    static boolean isOfAdapter(String peer) {
        return ADAPTER.matcher(peer).matches();
    }

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
