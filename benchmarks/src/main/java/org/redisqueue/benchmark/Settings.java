// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The options of a run.
 *
 * @param directory where results and server files are written
 * @param cases the benchmarks to run
 * @param peers the names of the peers to measure; empty for all
 * @param kinds what listeners do; empty for all
 * @param run the approximate duration of one run
 * @param rounds the number of times that each run is made; the peers take turns
 * @param listeners the numbers of concurrent listeners
 * @param payloads the message sizes in bytes
 * @param depths the numbers of messages in flight and in backlog
 * @param profile whether JDK Flight Recorder records the server
 */
public record Settings(
        Path directory,
        List<String> cases,
        List<String> peers,
        List<String> kinds,
        Duration run,
        int rounds,
        List<Integer> listeners,
        List<Integer> payloads,
        List<Integer> depths,
        boolean profile) {

    private static final int MAX_LISTENERS = 100; // for which benchmark.cli configures the server
    private static final int MAX_PAYLOAD = 65_536;
    private static final int MAX_DEPTH = 1_000_000;
    private static final List<String> VARIANTS = List.of("full", "short");
    private static final List<String> KINDS = List.of("nothing", "row", "row-postgresql", "row-cmr", "on");
    private static final List<String> PEERS = List.of(
            "redis-always",
            "redis-everysec",
            "redis-everysec-cdi",
            "redis-everysec-batch",
            "redis-everysec-sent",
            "redis-everysec-groups",
            "artemis-in-vm",
            "artemis-tcp",
            "null-resource",
            "bare-round-trips-always",
            "bare-round-trips-everysec",
            "adapter",
            "redisson-rpoplpush",
            "one round trip per step",
            "pipeline",
            "bullmq",
            "single",
            "sentinel-confirmed",
            "cluster",
            "cluster-confirmed");

    /**
     * Reads the options.
     *
     * @param cases the names of all benchmarks
     * @throws IllegalArgumentException if an option has a value that is not allowed
     */
    static Settings ofSystemProperties(Collection<String> cases) {
        list("variant", VARIANTS); // selects the defaults of the other options in the POM
        return new Settings(
                Path.of(System.getProperty("benchmark.directory")),
                list("cases", cases),
                list("peers", PEERS),
                list("kinds", KINDS),
                Duration.ofSeconds(number("seconds", property("seconds"), 3_600)),
                number("rounds", property("rounds"), 1_000),
                numbers("listeners", MAX_LISTENERS),
                numbers("payloads", MAX_PAYLOAD),
                numbers("depths", MAX_DEPTH),
                flag("profile"));
    }

    private static String property(String name) {
        return System.getProperty("benchmark." + name, "").strip();
    }

    private static List<String> list(String name) {
        return Stream.of(property(name).split(","))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private static List<String> list(String name, Collection<String> known) {
        List<String> values = list(name);
        for (String value : values) {
            if (!known.contains(value)) {
                throw invalid(name, value, "Known values: " + String.join(", ", known) + ".");
            }
        }
        return values;
    }

    private static List<Integer> numbers(String name, int max) {
        List<Integer> values =
                list(name).stream().map(value -> number(name, value, max)).toList();
        if (values.isEmpty()) {
            throw invalid(name, "", "It requires at least one number.");
        }
        return values;
    }

    private static int number(String name, String value, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // not a number
        }
        throw invalid(name, value, "It requires whole numbers from 1 to " + max + ".");
    }

    private static boolean flag(String name) {
        String value = property(name);
        if (!value.equals("true") && !value.equals("false")) {
            throw invalid(name, value, "It requires true or false.");
        }
        return Boolean.parseBoolean(value);
    }

    private static IllegalArgumentException invalid(String name, String value, String remedy) {
        return new IllegalArgumentException("Invalid value '" + value + "' of benchmark." + name + ". " + remedy);
    }

    /** Whether to measure the peer with this name. */
    public boolean hasPeer(String name) {
        return includes(peers, PEERS, name);
    }

    /** Whether to measure listeners that do this. */
    public boolean hasKind(String name) {
        return includes(kinds, KINDS, name);
    }

    private static boolean includes(List<String> selected, List<String> known, String name) {
        if (!known.contains(name)) {
            throw new IllegalStateException("'" + name + "' is missing in " + known);
        }
        return selected.isEmpty() || selected.contains(name);
    }
}
