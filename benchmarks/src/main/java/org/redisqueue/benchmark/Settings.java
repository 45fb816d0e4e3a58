// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.nio.file.Path;
import java.time.Duration;
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

    /** Whether to measure the peer with this name. */
    public boolean hasPeer(String name) {
        return peers.isEmpty() || peers.contains(name);
    }

    /** Whether to measure listeners that do this. */
    public boolean hasKind(String name) {
        return kinds.isEmpty() || kinds.contains(name);
    }
}
