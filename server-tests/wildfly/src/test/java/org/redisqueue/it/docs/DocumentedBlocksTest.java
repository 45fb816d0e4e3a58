// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.yaml.snakeyaml.Yaml;

/** Each block of the documentation is run by {@link DocumentedPagesIT}, or checked here, or says why not. */
class DocumentedBlocksTest {

    /** What {@link DocumentedPagesIT} runs. */
    private static final Set<String> RUN = Set.of("sh", "console", "jboss-cli", "redis-cli", "python");

    private static final Set<String> CHECKED = Set.of("java", "json", "properties", "text", "xml", "yaml");

    /** The schema of the descriptor of CDI listeners. */
    private static final String SCHEMA = "cdi-extension/src/main/resources/org/redisqueue/cdi/redis-queue_1_0.xsd";

    /** A line that looks like a command. */
    private static final String COMMAND =
            "(\\$ |mvn |java |redis-|asadmin |curl |bin/|docker |kubectl |/subsystem|deploy |export ).*";

    static Stream<Step> blocks() {
        return Page.all().stream().flatMap(Page::blocks);
    }

    static Stream<Step> blocksIn(String language) {
        return blocks().filter(block -> block.language().equals(language))
                .filter(block -> block.reasonNotToRun().isEmpty());
    }

    static Stream<Step> java() {
        return blocksIn("java").filter(block -> block.directive("from").isEmpty());
    }

    static Stream<Step> excerpts() {
        return blocks().filter(block -> block.directive("from").isPresent());
    }

    static Stream<Step> xml() {
        return blocksIn("xml");
    }

    static Stream<Step> descriptors() {
        return xml().filter(block -> block.text().contains("redisqueue.org/ns/"));
    }

    static Stream<Step> text() {
        return blocksIn("text");
    }

    static Stream<Step> properties() {
        return blocksIn("properties");
    }

    static Stream<Step> data() {
        return Stream.of("json", "yaml", "properties").flatMap(DocumentedBlocksTest::blocksIn);
    }

    static Stream<String> mavenCommands() {
        return Page.all().stream().flatMap(MavenCommand::of).distinct();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blockIsRunOrCheckedOrSaysWhyNot(Step block) {
        if (block.reasonNotToRun().isPresent()) {
            assertThat(block.reasonNotToRun().orElseThrow().split(" ")).hasSizeGreaterThan(1);
        } else {
            assertThat(RUN.contains(block.language()) || CHECKED.contains(block.language()))
                    .as(
                            "%s states one of the languages %s and %s, or a comment 'doctest: not run: <reason>' precedes it",
                            block, RUN, CHECKED)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("text")
    void textContainsNoCommands(Step block) {
        assertThat(block.text().lines()).noneMatch(line -> line.matches(COMMAND));
    }

    @ParameterizedTest
    @MethodSource("java")
    void javaCompiles(Step block) {
        assertThat(JavaSample.errors(block.text())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("excerpts")
    void excerptIsInItsFile(Step block) throws IOException {
        Path file = Page.ROOT.resolve(block.directive("from").orElseThrow());
        try (Stream<String> lines = Files.lines(file)) {
            assertThat(lines.map(String::strip))
                    .containsSubsequence(block.text().lines().map(String::strip).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("xml")
    void xmlIsWellFormed(Step block) {
        assertThatCode(() -> fragment(block)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("xml")
    void artifactsAreThoseOfTheBuild(Step block) throws Exception {
        assertThat(PomSample.errors(fragment(block))).isEmpty();
    }

    /** Such a block may consist of several elements. */
    private static Element fragment(Step block) throws Exception {
        String fragment = block.text().replaceFirst("<\\?xml.*?\\?>", "").replaceFirst("(?s)<!DOCTYPE.*?>", "");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader("<fragment>" + fragment + "</fragment>")))
                .getDocumentElement();
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void descriptorIsValid(Step block) throws SAXException {
        Validator validator = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Page.ROOT.resolve(SCHEMA).toFile())
                .newValidator();
        assertThatCode(() -> validator.validate(new StreamSource(new StringReader(block.text()))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("data")
    void dataCanBeParsed(Step block) {
        assertThatCode(() -> parse(block)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("properties")
    void propertiesAreUsedInTests(Step block) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(block.text()));
        assertThat(properties.stringPropertyNames()).isNotEmpty().allMatch(MavenCommand.SOURCES::contains);
    }

    private static void parse(Step block) throws Exception {
        switch (block.language()) {
            case "json" -> {
                try (JsonReader reader = Json.createReader(new StringReader(block.text()))) {
                    reader.readValue();
                }
            }
            case "yaml" -> new Yaml().loadAll(block.text()).forEach(document -> {});
            default -> new Properties().load(new StringReader(block.text()));
        }
    }

    @Test
    void mavenCommandsAreFound() {
        assertThat(mavenCommands()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("mavenCommands")
    void mavenCommandNamesWhatExists(String command) {
        assertThat(MavenCommand.errors(command)).isEmpty();
    }
}
