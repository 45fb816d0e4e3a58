// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Prints results as tables or as JSON. Control and format characters in texts that come from Redis are replaced, or escaped
 * in JSON, because they could change the terminal.
 */
final class Output {

    private static final int MAX_CELL = 100;

    private final PrintWriter out;
    private final boolean json;

    Output(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /**
     * A column of a table.
     *
     * @param name the header
     * @param right whether to align cells to the right
     * @param limit the maximum length of a cell
     * @param value the cell of a row; null leaves it empty
     */
    record Column<T>(String name, boolean right, int limit, Function<T, @Nullable Object> value) {

        static <T> Column<T> text(String name, Function<T, @Nullable Object> value) {
            return new Column<>(name, false, MAX_CELL, value);
        }

        static <T> Column<T> number(String name, Function<T, @Nullable Object> value) {
            return new Column<>(name, true, MAX_CELL, value);
        }

        /** A column whose cells are not shortened, such as those that are arguments of other commands. */
        static <T> Column<T> whole(String name, Function<T, @Nullable Object> value) {
            return new Column<>(name, false, Integer.MAX_VALUE, value);
        }

        private String cell(T row) {
            Object content = value.apply(row);
            if (content == null) {
                return "-";
            }
            String text = printable(
                    content instanceof Duration duration ? duration(duration) : String.valueOf(content), false);
            return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
        }
    }

    /** Creates the writer when JSON is first written. It lasts as long as the process. */
    private static final class Json {
        private static final Jsonb WRITER =
                JsonbBuilder.create(new JsonbConfig().withFormatting(true).withNullValues(true));
    }

    boolean isJson() {
        return json;
    }

    /** Prints a line, unless the output is JSON. */
    void line(String text) {
        if (!json) {
            out.println(printable(text, false));
            out.flush();
        }
    }

    /** Prints text as it is, except for control characters other than line ends and tabs. */
    void text(String text) {
        out.println(printable(text, true));
        out.flush();
    }

    /** Prints an object as JSON if that was asked for. */
    boolean json(Object value) {
        if (!json) {
            return false;
        }
        out.println(escaped(Json.WRITER.toJson(value).strip()));
        out.flush();
        return true;
    }

    /** Prints rows as a table, or as JSON if that was asked for. */
    <T> void table(List<T> rows, List<Column<T>> columns) {
        if (!json(rows)) {
            lines(rows, columns).forEach(out::println);
            out.flush();
        }
    }

    static <T> List<String> lines(List<T> rows, List<Column<T>> columns) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Column::name).toList());
        for (T row : rows) {
            cells.add(columns.stream().map(column -> column.cell(row)).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ")
                        .append(columns.get(i).right() ? padding + row.get(i) : row.get(i) + padding);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** A duration as its two largest units. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return seconds + "s";
        } else if (seconds < 3600) {
            return seconds / 60 + "m " + seconds % 60 + "s";
        } else if (seconds < 86_400) {
            return seconds / 3600 + "h " + seconds / 60 % 60 + "m";
        }
        return seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
    }

    /**
     * Replaces control and format characters.
     *
     * @param lines whether to keep line ends and tabs
     */
    static String printable(String text, boolean lines) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().forEach(point -> {
            boolean kept = !isHarmful(point) || lines && (point == '\n' || point == '\t');
            printable.appendCodePoint(kept ? point : '\ufffd');
        });
        return printable.toString();
    }

    /** Escapes control and format characters in JSON, except for the line ends between its fields. */
    private static String escaped(String document) {
        StringBuilder escaped = new StringBuilder();
        document.codePoints().forEach(point -> {
            if (point == '\n' || !isHarmful(point)) {
                escaped.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isHarmful(int point) {
        return Character.isISOControl(point) || Character.getType(point) == Character.FORMAT;
    }
}
