// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws the results as bar charts in SVG, one for each benchmark and unit. */
final class Plots {

    private static final int WIDTH = 800;
    private static final int LABELS = 190;
    private static final int VALUES = 80;
    private static final int ROW = 20;
    private static final int HEADING = 30;
    private static final int BAR = 12;

    private static final String ADAPTER_COLOR = "#c6302b";
    private static final String COLOR = "#8a9199";

    private static final String BEGIN = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
            <style>
            text { font: 12px sans-serif; fill: #24292f }
            .heading { font-weight: bold }
            line { stroke: #24292f }
            @media (prefers-color-scheme: dark) { text { fill: #d0d7de } line { stroke: #d0d7de } }
            </style>
            """;

    private Plots() {}

    /** Reads the results, and writes the charts {@code <benchmark>-<unit>.svg} next to them. */
    static void draw(Path results) throws IOException {
        Map<String, List<JsonObject>> charts;
        try (JsonReader reader = Json.createReader(Files.newInputStream(results))) {
            charts = reader.readArray().getValuesAs(JsonObject.class).stream()
                    .filter(each -> !each.getString("unit").equals(Report.LOAD)
                            && !each.getString("unit").equals(Report.RATIO))
                    .collect(Collectors.groupingBy(Plots::name, LinkedHashMap::new, Collectors.toList()));
        }
        for (Map.Entry<String, List<JsonObject>> chart : charts.entrySet()) {
            Files.writeString(results.resolveSibling(chart.getKey() + ".svg"), svg(chart.getValue()));
        }
    }

    private static String name(JsonObject measurement) {
        String unit = measurement
                .getString("unit")
                .toLowerCase(Locale.ROOT)
                .replace("µ", "micro")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return measurement.getString("benchmark") + "-" + unit;
    }

    private static String svg(List<JsonObject> measurements) {
        Map<String, List<JsonObject>> groups = measurements.stream()
                .collect(Collectors.groupingBy(Plots::heading, LinkedHashMap::new, Collectors.toList()));
        double longest = measurements.stream()
                .mapToDouble(each -> number(each, "max"))
                .max()
                .orElseThrow();
        double scale = (WIDTH - LABELS - VALUES) / Math.max(longest, Double.MIN_NORMAL);
        int height = groups.size() * HEADING + measurements.size() * ROW + BAR;
        JsonObject first = measurements.get(0);
        String title = first.getString("benchmark") + ", " + first.getString("unit");
        StringBuilder svg = new StringBuilder(BEGIN.formatted(WIDTH, height, title));
        int y = 0;
        for (Map.Entry<String, List<JsonObject>> group : groups.entrySet()) {
            y += HEADING;
            text(svg, 4, y - 8, " class=\"heading\"", group.getKey() + ", " + first.getString("unit"));
            for (JsonObject measurement : group.getValue()) {
                bar(svg, y, scale, measurement);
                y += ROW;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    /** The quantity and the settings. */
    private static String heading(JsonObject measurement) {
        return measurement.getJsonObject("settings").entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> ", " + setting.getKey() + " "
                        + measurement.getJsonObject("settings").getString(setting.getKey()))
                .collect(Collectors.joining("", measurement.getString("name"), ""));
    }

    /** A bar for the median, and a line from the minimum to the maximum. */
    private static void bar(StringBuilder svg, int y, double scale, JsonObject measurement) {
        String peer = measurement.getString("peer");
        double median = number(measurement, "median");
        double min = LABELS + number(measurement, "min") * scale;
        double max = LABELS + number(measurement, "max") * scale;
        text(svg, LABELS - 8, y + BAR - 1, " text-anchor=\"end\"", peer);
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                y,
                median * scale,
                BAR,
                Measurement.isOfAdapter(peer) ? ADAPTER_COLOR : COLOR));
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
                min,
                y + BAR / 2,
                max,
                y + BAR / 2));
        text(svg, (int) max + 8, y + BAR - 1, "", Report.number(median));
    }

    private static void text(StringBuilder svg, int x, int y, String attributes, String text) {
        svg.append("<text x=\"%d\" y=\"%d\"%s>%s</text>%n"
                .formatted(x, y, attributes, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private static double number(JsonObject measurement, String name) {
        return measurement.getJsonNumber(name).doubleValue();
    }
}
