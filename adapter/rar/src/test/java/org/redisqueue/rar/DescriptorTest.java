// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.Configuration.Definition;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;

/**
 * Checks that the deployment descriptor and the tables of the documentation match the properties that the code defines.
 * With {@code -Dredisqueue.update=true}, writes them.
 */
class DescriptorTest {

    private static final Path DESCRIPTOR = Path.of("src/main/rar/META-INF/ra.xml");
    private static final Path DOCUMENTATION = Path.of("../../docs/configuration.md");

    @Test
    void descriptorListsAllProperties() throws IOException {
        String expected = template()
                .replace("@ADAPTER@", properties(RedisResourceAdapter.class, true, "    "))
                .replace("@FACTORY@", properties(RedisManagedConnectionFactory.class, false, "        "))
                .replace("@ACTIVATION@", properties(RedisActivationSpec.class, true, "            "));
        check(DESCRIPTOR, expected);
    }

    @Test
    void documentationListsAllProperties() throws IOException {
        String text = Files.readString(DOCUMENTATION);
        String expected = section(text, "connection", table(RedisResourceAdapter.class));
        check(DOCUMENTATION, section(expected, "activation", table(RedisActivationSpec.class)));
    }

    private static void check(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("redisqueue.update")) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).as(file.toString()).isEqualTo(expected);
    }

    private static String section(String text, String name, String content) {
        String begin = "<!-- " + name + " properties: from the code -->\n";
        String end = "<!-- end of " + name + " properties -->";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertThat(to).as(begin).isGreaterThanOrEqualTo(from).isPositive();
        return text.substring(0, from) + content + text.substring(to);
    }

    private static String table(Class<?> type) {
        StringBuilder table = new StringBuilder("| property | default | range | |\n| --- | --- | --- | --- |\n");
        for (Definition definition : Configuration.definitions(type)) {
            String value = definition.property().defaultValue();
            table.append("| `").append(definition.name()).append("` | ");
            table.append(value.isEmpty() ? "" : "`" + value + "`").append(" | ");
            table.append(definition.range()).append(" | ");
            table.append(definition.property().description()).append(" |\n");
        }
        return table.toString();
    }

    private static String properties(Class<?> type, boolean defaults, String indent) {
        StringBuilder xml = new StringBuilder();
        for (Definition definition : Configuration.definitions(type)) {
            xml.append(indent).append("<config-property>\n");
            xml.append(indent)
                    .append("  <description>")
                    .append(escape(definition))
                    .append("</description>\n");
            xml.append(indent).append("  <config-property-name>").append(definition.name());
            xml.append("</config-property-name>\n");
            xml.append(indent).append("  <config-property-type>").append(definition.type());
            xml.append("</config-property-type>\n");
            String value = definition.property().defaultValue();
            if (defaults && !value.isEmpty()) {
                xml.append(indent).append("  <config-property-value>").append(value);
                xml.append("</config-property-value>\n");
            }
            if (definition.property().confidential()) {
                xml.append(indent).append("  <config-property-confidential>true</config-property-confidential>\n");
            }
            xml.append(indent).append("</config-property>\n");
        }
        return xml.toString().stripTrailing();
    }

    private static String escape(Definition definition) {
        String range = definition.range();
        String text = definition.property().description() + (range.isEmpty() ? "" : " Range: " + range + ".");
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "");
    }

    private static String template() throws IOException {
        try (var in = DescriptorTest.class.getResourceAsStream("ra-template.xml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
