// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects measurements, writes them to a file, and prints them as tables. */
public final class Report {

    /** The unit of the measurements that are compared round by round. */
    public static final String RATE = "messages/s";

    /** The unit of the load average. */
    public static final String LOAD = "1 min";

    /** The unit of comparisons. */
    static final String RATIO = "relative to peer";

    private final Path file;
    private final PrintStream out;
    private final Map<List<Object>, Measurement> measurements = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private String benchmark = "";

    Report(Path file, PrintStream out) {
        this.file = file;
        this.out = out;
    }

    /** Begins a benchmark, to which the following measurements belong. */
    void begin(String name) {
        benchmark = name;
    }

    /** Adds the value of a round. */
    public void add(String name, String peer, String unit, double value, Map<String, String> settings) {
        measurements
                .computeIfAbsent(
                        List.of(benchmark, name, peer, settings),
                        key -> new Measurement(benchmark, name, peer, unit, new ArrayList<>(), Map.copyOf(settings)))
                .values()
                .add(value);
        write();
    }

    /** Prints a remark about the figures, and repeats it above the tables. */
    public void note(String format, Object... arguments) {
        String note = String.format(Locale.ROOT, format, arguments);
        notes.add(note);
        out.println(note);
    }

    /** Prints the progress and the load average. */
    public void progress(String format, Object... arguments) {
        out.printf(Locale.ROOT, "[load %.1f] %s%n", load(), String.format(Locale.ROOT, format, arguments));
    }

    /** The load average of the last minute. */
    public double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private void write() {
        JsonArrayBuilder all = Json.createArrayBuilder();
        List<Measurement> written = new ArrayList<>(measurements.values());
        written.addAll(ratios());
        for (Measurement measurement : written) {
            JsonObjectBuilder settings = Json.createObjectBuilder();
            measurement.settings().forEach(settings::add);
            all.add(Json.createObjectBuilder()
                    .add("benchmark", measurement.benchmark())
                    .add("name", measurement.name())
                    .add("peer", measurement.peer())
                    .add("unit", measurement.unit())
                    .add("median", measurement.median())
                    .add("min", measurement.min())
                    .add("max", measurement.max())
                    .add("settings", settings));
        }
        try (OutputStream stream = Files.newOutputStream(file)) {
            Json.createWriter(stream).write(all.build());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The rates of the first peer divided by those of each other peer, and the rates of each later peer that uses the adapter
     * divided by those of the peers before it, round by round.
     */
    private List<Measurement> ratios() {
        Map<List<Object>, List<Measurement>> compared = new LinkedHashMap<>();
        for (Measurement measurement : measurements.values()) {
            if (measurement.unit().equals(RATE)) {
                compared.computeIfAbsent(
                                List.of(measurement.benchmark(), measurement.name(), measurement.settings()),
                                key -> new ArrayList<>())
                        .add(measurement);
            }
        }
        List<Measurement> ratios = new ArrayList<>();
        for (List<Measurement> peers : compared.values()) {
            for (int i = 0; i < peers.size(); i++) {
                Measurement peer = peers.get(i);
                if (i == 0) {
                    peers.subList(1, peers.size()).forEach(other -> ratios.add(ratio(peer, other)));
                } else if (peer.isOfAdapter()) {
                    peers.subList(0, i).forEach(other -> ratios.add(ratio(peer, other)));
                }
            }
        }
        return ratios;
    }

    private static Measurement ratio(Measurement peer, Measurement other) {
        List<Double> values = new ArrayList<>();
        for (int round = 0;
                round < Math.min(peer.values().size(), other.values().size());
                round++) {
            values.add(peer.values().get(round) / other.values().get(round));
        }
        return new Measurement(
                peer.benchmark(), peer.name() + ": " + peer.peer(), other.peer(), RATIO, values, peer.settings());
    }

    /** Prints tables with a row for each setting and peer, and a column for each name. */
    void print() {
        out.println();
        notes.forEach(out::println);
        Map<Set<String>, List<Measurement>> tables = new LinkedHashMap<>();
        measurements
                .values()
                .forEach(measurement -> tables.computeIfAbsent(
                                measurement.settings().keySet(), key -> new ArrayList<>())
                        .add(measurement));
        tables.values().forEach(this::print);
        Map<String, List<Measurement>> ratios = new LinkedHashMap<>();
        ratios().forEach(ratio ->
                ratios.computeIfAbsent(ratio.name(), key -> new ArrayList<>()).add(ratio));
        ratios.values().forEach(this::print);
    }

    private void print(List<Measurement> table) {
        Map<String, String> columns = new LinkedHashMap<>();
        Map<String, Map<String, Measurement>> rows = new LinkedHashMap<>();
        for (Measurement measurement : table) {
            columns.put(measurement.name(), measurement.unit());
            rows.computeIfAbsent(label(measurement), key -> new LinkedHashMap<>())
                    .put(measurement.name(), measurement);
        }
        StringBuilder names = new StringBuilder("\n| |");
        StringBuilder rule = new StringBuilder("| --- |");
        columns.forEach((name, unit) -> {
            names.append(' ').append(name).append(", ").append(unit).append(" |");
            rule.append(" ---: |");
        });
        out.println(names);
        out.println(rule);
        rows.forEach((label, row) -> {
            StringBuilder line = new StringBuilder("| " + label + " |");
            columns.keySet()
                    .forEach(
                            name -> line.append(' ').append(cell(row.get(name))).append(" |"));
            out.println(line);
        });
    }

    private static String label(Measurement measurement) {
        return measurement.settings().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> setting.getKey() + " " + setting.getValue())
                .collect(Collectors.joining(", ", "", ": " + measurement.peer()));
    }

    private static String cell(@Nullable Measurement measurement) {
        return measurement == null
                ? ""
                : number(measurement.median()) + " (" + number(measurement.min()) + " to " + number(measurement.max())
                        + ")";
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
