// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The dashboard and the alert rules in the documentation use only metrics that the console reports. */
class MonitoringDocsTest {

    private static final Path DOCUMENTATION = Path.of("../docs");
    private static final Path MONITORING = DOCUMENTATION.resolve("monitoring");

    private static final Pattern METRIC = Pattern.compile("\\bredis_queue_[a-z_]+");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~?)\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\bby \\(([a-z_, ]+)\\)");

    /** The labels that Prometheus adds. */
    private static final Set<String> TARGET_LABELS = Set.of("job", "instance");

    private static String reported;

    @BeforeAll
    static void readMetrics() {
        ConsoleServer.ADMIN.reset();
        reported = ConsoleClient.viewer().get("metrics").body();
    }

    @BeforeEach
    void metricsAreReported() {
        assertThat(reportedMetrics()).hasSizeGreaterThan(10);
    }

    private static Set<String> reportedMetrics() {
        return reported.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void alertRulesAreWellFormed() throws IOException {
        assertThat(rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule)
                    .containsOnlyKeys(
                            rule.containsKey("for")
                                    ? Set.of("alert", "expr", "for", "labels", "annotations")
                                    : Set.of("alert", "expr", "labels", "annotations"));
            assertThat(map(rule.get("labels")).get("severity")).isIn("warning", "critical");
            assertThat(map(rule.get("annotations"))).containsOnlyKeys("summary", "description", "runbook_url");
        });
        assertThat(rules()).extracting(rule -> rule.get("alert")).doesNotHaveDuplicates();
    }

    @Test
    void alertRulesUseReportedMetrics() throws IOException {
        assertThat(rules()).allSatisfy(rule -> assertReported(String.valueOf(rule.get("expr"))));
    }

    @Test
    void runbooksOfAlertRulesExist() throws IOException {
        Set<String> anchors = Files.readAllLines(DOCUMENTATION.resolve("operations.md")).stream()
                .filter(line -> line.startsWith("## "))
                .map(MonitoringDocsTest::anchor)
                .collect(Collectors.toSet());
        assertThat(rules())
                .extracting(rule -> map(rule.get("annotations")).get("runbook_url"))
                .allSatisfy(address -> {
                    String[] parts = String.valueOf(address).split("/docs/operations.md#");
                    assertThat(parts).hasSize(2);
                    assertThat(anchors).contains(parts[1]);
                });
    }

    private static String anchor(String heading) {
        return heading.substring(3)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "")
                .replace(' ', '-');
    }

    @Test
    void eachAlertRuleHasATest() throws IOException {
        String tests = Files.readString(MONITORING.resolve("alerts-test.yml"));
        assertThat(yaml(MONITORING.resolve("alerts-test.yml"))).containsKey("tests");
        assertThat(rules())
                .extracting(rule -> "alertname=\"" + rule.get("alert") + "\"")
                .allSatisfy(name -> assertThat(tests).contains(name));
    }

    @Test
    void dashboardUsesReportedMetrics() throws IOException {
        List<String> expressions = panels().filter(panel -> panel.containsKey("targets"))
                .flatMap(panel -> panel.getJsonArray("targets").stream())
                .map(target -> target.asJsonObject().getString("expr"))
                .toList();

        assertThat(expressions).isNotEmpty().allSatisfy(MonitoringDocsTest::assertReported);
        assertThat(dashboard().getJsonObject("templating").getJsonArray("list")).allSatisfy(variable -> {
            String query = variable.asJsonObject().getString("definition", "");
            assertThat(reportedMetrics()).containsAll(metrics(query));
        });
    }

    @Test
    void panelsOfTheDashboardCanBeImported() throws IOException {
        Set<Integer> ids = new HashSet<>();
        assertThat(panels().toList()).isNotEmpty().allSatisfy(panel -> {
            assertThat(ids.add(panel.getInt("id"))).isTrue();
            JsonObject position = panel.getJsonObject("gridPos");
            assertThat(position.getInt("x") + position.getInt("w")).isLessThanOrEqualTo(24);
            if (!panel.getString("type").equals("row")) {
                assertThat(panel.getJsonObject("datasource").getString("uid")).isEqualTo("${datasource}");
                assertThat(panel.getString("description")).isNotBlank();
            }
        });
    }

    @Test
    void eachMetricIsDocumented() throws IOException {
        String page = Files.readString(DOCUMENTATION.resolve("console.md"));
        assertThat(reportedMetrics()).allSatisfy(metric -> assertThat(page).contains("`" + metric + "`"));
        assertThat(reportedMetrics()).containsAll(metrics(page));
    }

    private static void assertReported(String expression) {
        Set<String> used = metrics(expression);
        assertThat(reportedMetrics()).containsAll(used);
        Set<String> samples = reported.lines()
                .filter(line -> used.stream().anyMatch(metric -> line.startsWith(metric + "{")))
                .collect(Collectors.toSet());
        Set<String> labels = new HashSet<>(TARGET_LABELS);
        samples.forEach(sample -> MATCHER.matcher(sample).results().forEach(label -> labels.add(label.group(1))));
        GROUPING.matcher(expression)
                .results()
                .forEach(grouping ->
                        assertThat(labels).contains(grouping.group(1).split(", ")));
        MATCHER.matcher(expression).results().forEach(matcher -> {
            assertThat(labels).contains(matcher.group(1));
            if (matcher.group(1).equals("place")) {
                assertThat(matcher.group(3).split("\\|"))
                        .allSatisfy(place ->
                                assertThat(samples).anyMatch(sample -> sample.contains("place=\"" + place + "\"")));
            }
        });
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text).results().map(metric -> metric.group()).collect(Collectors.toSet());
    }

    private static List<Map<String, Object>> rules() throws IOException {
        return list(yaml(MONITORING.resolve("alerts.yml")).get("groups")).stream()
                .flatMap(group -> list(group.get("rules")).stream())
                .toList();
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Object yaml) {
        return (List<Map<String, Object>>) yaml;
    }

    private static JsonObject dashboard() throws IOException {
        try (JsonReader reader =
                Json.createReader(new StringReader(Files.readString(MONITORING.resolve("grafana-dashboard.json"))))) {
            return reader.readObject();
        }
    }

    private static Stream<JsonObject> panels() throws IOException {
        return dashboard().getJsonArray("panels").stream().map(JsonValue::asJsonObject);
    }
}
