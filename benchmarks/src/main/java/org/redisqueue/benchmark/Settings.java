// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is measured, and how long.
 *
 * @param directory for all that is written
 * @param cases which ones
 * @param peers their names; empty = all
 * @param kinds what listeners do; empty = all
 * @param run how long one run is, about
 * @param rounds how often each run is made, in turn with those of the others
 * @param listeners at once
 * @param payloads bytes of a message
 * @param profile whether the server is recorded by JDK Flight Recorder
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
        boolean profile) {

    static Settings ofSystemProperties() {
        return new Settings(
                Path.of(System.getProperty("benchmark.directory")),
                list("cases"),
                list("peers"),
                list("kinds"),
                Duration.ofSeconds(Long.getLong("benchmark.seconds")),
                Integer.getInteger("benchmark.rounds"),
                list("listeners").stream().map(Integer::valueOf).toList(),
                list("payloads").stream().map(Integer::valueOf).toList(),
                Boolean.getBoolean("benchmark.profile"));
    }

    private static List<String> list(String name) {
        return Stream.of(System.getProperty("benchmark." + name, "").split(","))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** Whether a peer of this name takes part. */
    public boolean hasPeer(String name) {
        return peers.isEmpty() || peers.contains(name);
    }

    /** Whether listeners that do this are measured. */
    public boolean hasKind(String name) {
        return kinds.isEmpty() || kinds.contains(name);
    }
}
