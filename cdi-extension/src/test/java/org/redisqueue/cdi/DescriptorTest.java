// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading deployment descriptors, and the errors of invalid ones. */
class DescriptorTest {

    @TempDir
    private Path directory;

    private Descriptor read(String content) throws IOException {
        Path file = directory.resolve(Descriptor.NAME);
        Files.writeString(file, content);
        return Descriptor.read(file.toUri().toURL());
    }

    private Descriptor listeners(String content) throws IOException {
        return read("<redis-queue xmlns=\"https://redisqueue.org/ns/redis-queue\" version=\"1.0\">\n" + content
                + "\n</redis-queue>");
    }

    private void refused(String content, String... words) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> listeners(content))
                .withMessageContainingAll(words)
                .withMessageMatching("RQ-507 .*" + Descriptor.NAME + ", line .*");
    }

    @Test
    void descriptorCanSetEverythingThatTheAnnotationCan() throws IOException {
        Descriptor descriptor = listeners("""
                <connection-factory>java:/eis/All</connection-factory>
                <listener name="first">
                  <queue> orders </queue>
                  <topic>events</topic>
                  <connection-factory>java:/eis/One</connection-factory>
                  <optional>true</optional>
                  <send-to>next</send-to>
                  <publish-to>results</publish-to>
                  <property name="lease">20000</property>
                  <property name="prefetch">0</property>
                </listener>
                <listener name="second"/>
                """);
        assertThat(descriptor.connectionFactory()).contains("java:/eis/All");
        assertThat(descriptor.listeners()).containsOnlyKeys("first", "second");
        Descriptor.Listener first = descriptor.listeners().get("first");
        assertThat(first.queue()).contains("orders");
        assertThat(first.connectionFactory()).contains("java:/eis/One");
        assertThat(first.optional()).contains(true);
        assertThat(first.sendTo()).contains("next");
        assertThat(first.topic()).contains("events");
        assertThat(first.publishTo()).contains("results");
        assertThat(first.properties()).isEqualTo(Map.of("lease", "20000", "prefetch", "0"));
        assertThat(descriptor.listeners().get("second").queue()).isEmpty();
    }

    @Test
    void firstDescriptorTakesPrecedence() throws IOException {
        Descriptor library = listeners("""
                <connection-factory>java:/eis/Library</connection-factory>
                <listener name="a"><queue>library</queue></listener>
                <listener name="b">
                  <queue>library</queue>
                  <property name="lease">20000</property>
                  <property name="prefetch">0</property>
                </listener>
                """);
        Descriptor own = listeners("""
                <listener name="a"><queue>own</queue></listener>
                <listener name="b"><property name="prefetch">5</property></listener>
                """);
        Descriptor both = own.orElse(library);
        assertThat(both.connectionFactory()).contains("java:/eis/Library");
        assertThat(both.listeners().get("a").queue()).contains("own");
        assertThat(both.listeners().get("b").queue()).contains("library");
        assertThat(both.listeners().get("b").properties()).isEqualTo(Map.of("lease", "20000", "prefetch", "5"));
    }

    @Test
    void duplicatePropertyIsRejected() {
        String twice = "<property name=\"lease\">20000</property><property name=\"lease\">30000</property>";
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> listeners("<listener name=\"a\">" + twice + "</listener>"))
                .withMessageEndingWith("property 'lease' of listener 'a' is set twice");
    }

    @Test
    void topicIsNotAProperty() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(
                        () -> listeners("<listener name=\"a\"><property name=\"topic\">events</property></listener>"))
                .withMessageEndingWith("sets its topic as a property; use the element <topic> instead");
    }

    @Test
    void contentOutsideTheSchemaIsRejectedWithItsLine() {
        refused("<listener name=\"a\"><queu>b</queu></listener>", "queu");
        refused("<listener><queue>b</queue></listener>", "name");
        refused("<listener name=\"a\"><optional>perhaps</optional></listener>", "perhaps");
        refused("<listener name=\"a\"/><listener name=\"a\"/>", "listener-names");
        refused("<listener name=\"a\"><queue/></listener>", "queue");
    }

    @Test
    void externalEntitiesAreNotRead() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> read("<!DOCTYPE redis-queue SYSTEM \"file:///etc/passwd\"><redis-queue/>"))
                .withMessageContaining("DOCTYPE");
    }
}
