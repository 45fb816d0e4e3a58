// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.metrics;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The limits of a queue as numbers. They are missing if the queue has none, or an invalid one. */
final class Limits {

    private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,5}|1000000)/(s|min|h)");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,2}|1000");

    private Limits() {}

    /** Returns the limit of the rate, in messages per second. */
    static Optional<Double> rate(Map<String, String> settings) {
        Matcher rate = RATE.matcher(settings.getOrDefault("rateLimit", ""));
        return rate.matches()
                ? Optional.of(Double.parseDouble(rate.group(1)) / seconds(rate.group(2)))
                : Optional.empty();
    }

    private static int seconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "min" -> 60;
            default -> 3_600;
        };
    }

    /** Returns the limit of the concurrency, in messages. */
    static Optional<Integer> concurrency(Map<String, String> settings) {
        return Optional.of(settings.getOrDefault("maxQueueConcurrency", ""))
                .filter(value -> NUMBER.matcher(value).matches())
                .map(Integer::valueOf);
    }
}
