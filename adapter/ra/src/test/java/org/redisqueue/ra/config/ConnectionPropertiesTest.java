// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import jakarta.resource.spi.InvalidPropertyException;
import java.beans.PropertyDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.config.Configuration.Definition;
import org.redisqueue.ra.testing.TestProperties;

class ConnectionPropertiesTest {

    private static final String SECRET = "s3cret";

    private final TestProperties properties = TestProperties.at("redis://127.0.0.1:6379");

    @Test
    void defaultsAreValid() {
        assertThatCode(() -> properties.check("resource adapter")).doesNotThrowAnyException();
    }

    @Test
    void applyingDefaultsKeepsValuesThatAreSet() {
        TestProperties set = new TestProperties();
        set.setPoolSize(20);
        Configuration.applyDefaults(set);

        assertThat(set.getPoolSize()).isEqualTo(20);
        assertThat(set.getKeyPrefix()).isEqualTo("rq");
        assertThat(set.getVerifyHostname()).isEqualTo("true");
        assertThat(set.getPassword()).isNull();
    }

    static Stream<Arguments> numbersOutOfRange() throws Exception {
        List<Arguments> found = new ArrayList<>();
        for (Definition definition : Configuration.definitions(TestProperties.class)) {
            if (definition.field().getType() == Integer.class) {
                int min = (int) definition.property().min();
                int max = (int) definition.property().max();
                found.add(arguments(definition.name(), min - 1, min, definition.range()));
                found.add(arguments(definition.name(), max + 1, max, definition.range()));
            }
        }
        return found.stream();
    }

    @ParameterizedTest
    @MethodSource("numbersOutOfRange")
    void numberOutOfRangeIsReportedWithValueAndRange(String name, int wrong, int right, String range) throws Exception {
        set(name, wrong);
        assertWrong(name, "'" + name + "' is '" + wrong + "', but must be " + range);

        properties.setMinimumIdle(1);
        properties.setPoolSize(10_000);
        set(name, right);
        properties.check("resource adapter");
    }

    static Stream<Arguments> textsOutOfRange() {
        return Stream.of(
                arguments("addresses", "127.0.0.1:6379"),
                arguments("addresses", "http://127.0.0.1:6379"),
                arguments("addresses", "redis://127.0.0.1"),
                arguments("addresses", "redis://127.0.0.1:6379/1"),
                arguments("addresses", "redis://127.0.0.1:123456"),
                arguments("addresses", "redis://a:1 redis://b:2"),
                arguments("addresses", "redis://a:1,"),
                arguments("mode", "Single"),
                arguments("mode", "replicated"),
                arguments("verifyHostname", "ture"),
                arguments("verifyHostname", "False"),
                arguments("verifyHostname", "no"),
                arguments("verifyHostname", "0"),
                arguments("verifyHostname", " true"),
                arguments("clientName", "with space"),
                arguments("clientName", "x".repeat(101)),
                arguments("keyPrefix", "a:b"),
                arguments("keyPrefix", "{a}"),
                arguments("keyPrefix", "x".repeat(51)));
    }

    @ParameterizedTest
    @MethodSource("textsOutOfRange")
    void textOutOfRangeIsReportedWithValueAndRange(String name, String wrong) throws Exception {
        set(name, wrong);

        assertWrong(name, "'" + name + "' is '" + wrong + "', but must be " + range(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://localhost:6379",
                "rediss://redis.example.org:6380",
                "redis://[::1]:6379",
                "redis://my_redis-1:1",
                "redis://127.0.0.1:6379 , redis://127.0.0.1:6380"
            })
    void addressConsistsOfHostAndPort(String addresses) throws Exception {
        properties.setAddresses(addresses);
        properties.setMode("cluster");

        properties.check("resource adapter");
    }

    @Test
    void allProblemsAreReportedTogether() throws Exception {
        properties.setMode("none");
        properties.setPoolSize(1);
        properties.setKeyPrefix("");
        properties.setConnectTimeout(1);

        InvalidPropertyException e =
                catchThrowableOfType(InvalidPropertyException.class, () -> properties.check("connection factory"));

        assertThat(e)
                .hasMessageStartingWith("RQ-101 Invalid configuration of the connection factory: ")
                .hasMessageContaining("'mode' is 'none'")
                .hasMessageContaining("'poolSize' is '1', but must be 10 to 10,000")
                .hasMessageContaining("'connectTimeout' is '1', but must be 100 to 600,000 ms");
        assertThat(e.getInvalidPropertyDescriptors())
                .extracting(PropertyDescriptor::getName)
                .contains("mode", "poolSize", "connectTimeout");
    }

    @Test
    void singleServerHasOneAddress() throws Exception {
        properties.setAddresses("redis://a:1,redis://b:2");

        assertWrong(
                "addresses",
                "'addresses' is 'redis://a:1,redis://b:2', but mode 'single' requires exactly one address");
    }

    @Test
    void sentinelRequiresAMasterName() throws Exception {
        properties.setMode("sentinel");
        assertWrong("masterName", "'masterName' is not set, but mode 'sentinel' requires it");

        properties.setMasterName("orders");
        properties.check("resource adapter");
    }

    @Test
    void clusterRequiresDatabaseZero() throws Exception {
        properties.setMode("cluster");
        properties.setDatabase(1);

        assertWrong("database", "'database' is '1', but mode 'cluster' requires database 0");
    }

    @Test
    void addressesDoNotMixTlsAndPlainText() throws Exception {
        properties.setMode("cluster");
        properties.setAddresses("redis://a:1,rediss://b:2");

        assertWrong("addresses", "but must not combine redis:// and rediss://");
    }

    @Test
    void minimumIdleDoesNotExceedPoolSize() throws Exception {
        properties.setPoolSize(10);
        properties.setMinimumIdle(11);

        assertWrong("minimumIdle", "'minimumIdle' is '11', but must not exceed poolSize, which is '10'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trustStore", "keyStore", "redissonYaml"})
    void fileMustExist(String name, @TempDir Path directory) throws Exception {
        properties.setAddresses("rediss://127.0.0.1:6379");
        Path file = directory.resolve("file");
        set(name, file.toString());
        assertWrong(name, "'" + name + "' is '" + file + "', but must be a readable file");

        Files.createFile(file);
        properties.check("resource adapter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trustStore", "keyStore", "redissonYaml"})
    void directoryIsNotAcceptedAsAFile(String name, @TempDir Path directory) throws Exception {
        properties.setAddresses("rediss://127.0.0.1:6379");
        set(name, directory.toString());

        assertWrong(name, "but must be a readable file");
    }

    @Test
    void invalidPathIsReported() throws Exception {
        properties.setAddresses("rediss://127.0.0.1:6379");
        set("trustStore", "nul\0here");

        assertWrong("trustStore", "but must be a readable file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trustStore", "keyStore"})
    void storesRequireTls(String name, @TempDir Path directory) throws Exception {
        set(name, Files.createFile(directory.resolve("file")).toString());

        assertWrong(name, "but requires TLS: use rediss:// in addresses");

        properties.setAddresses("rediss://127.0.0.1:6379");
        properties.check("resource adapter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void verifyHostnameAcceptsTrueAndFalse(String value) throws Exception {
        Configuration.set(properties, "listener", Map.of("verifyHostname", value));
        properties.check("resource adapter");

        assertThat(properties.getVerifyHostname()).isEqualTo(value);
    }

    @Test
    void misspelledBooleanIsRejectedFromEachSource() throws Exception {
        Configuration.set(properties, "listener", Map.of("verifyHostname", "ture"));
        assertWrong("verifyHostname", "'verifyHostname' is 'ture', but must be `true` or `false`");

        assertThatThrownBy(() -> Configuration.set(new Switch(), "listener", Map.of("on", "ture")))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessage(
                        "RQ-101 Invalid configuration of the listener: 'on' is 'ture', but must be `true` or `false`");
    }

    /** Has a property of another type than those of a connection. */
    public static class Switch {
        @Property(description = "Whether it is on.")
        private Boolean on;
    }

    @Test
    void passwordsAreNotPrinted() throws Exception {
        for (Definition definition : Configuration.definitions(TestProperties.class)) {
            if (definition.name().toLowerCase().contains("password")) {
                assertThat(definition.property().confidential())
                        .as(definition.name())
                        .isTrue();
                set(definition.name(), SECRET);
            }
        }
        properties.setMode("wrong");

        assertThat(properties.toString()).contains("password=***").doesNotContain(SECRET);
        assertThat(Configuration.describe(properties)).doesNotContain(SECRET);
        assertThatThrownBy(() -> properties.check("resource adapter")).hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:s3cret@host:6379",
                "redis://:s3cret@host:6379",
                "redis://user:a@s3cret@host:6379",
                "redis://user:a/s3cret@host:6379",
                "redis://user:a//s3cret@host:6379",
                "redis://user:a s3cret@host:6379",
                "redis://user:a,s3cret@host:6379",
                "redis://plain:1,redis://user:s3cret@host:6379",
                "redis://user:s3cret@host:6379,redis://user:s3cret@other:6379"
            })
    void credentialsInAnAddressAreRejectedAndNotPrinted(String addresses) {
        properties.setAddresses(addresses);

        assertThat(properties.toString()).contains("***@host:6379").doesNotContain(SECRET);
        assertThatThrownBy(() -> properties.check("resource adapter"))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining("without credentials")
                .hasMessageContaining("***@host:6379")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void textWithoutCredentialsIsPrintedUnchanged() {
        assertThat(Configuration.withoutCredentials("redis://a:1, rediss://b:2"))
                .isEqualTo("redis://a:1, rediss://b:2");
    }

    @Test
    void onlyUnsetPropertiesAreInherited() {
        TestProperties own = new TestProperties();
        own.setPoolSize(20);
        properties.setPoolSize(30);
        properties.setPassword(SECRET);

        Configuration.inherit(own, properties);

        assertThat(own.getPoolSize()).isEqualTo(20);
        assertThat(own.getPassword()).isEqualTo(SECRET);
        assertThat(own.getAddresses()).isEqualTo("redis://127.0.0.1:6379");
    }

    @Test
    void everyPropertyHasADescriptionAGetterAndASetter() throws Exception {
        List<Definition> definitions = Configuration.definitions(TestProperties.class);
        assertThat(definitions).hasSizeGreaterThan(15);
        for (Definition definition : definitions) {
            assertThat(definition.property().description()).endsWith(".");
            PropertyDescriptor bean = new PropertyDescriptor(definition.name(), TestProperties.class);
            assertThat(bean.getReadMethod()).isNotNull();
            assertThat(bean.getWriteMethod()).isNotNull();
            assertThat(definition.type()).startsWith("java.lang.");
        }
    }

    private void assertWrong(String name, String text) {
        InvalidPropertyException e =
                catchThrowableOfType(InvalidPropertyException.class, () -> properties.check("resource adapter"));
        assertThat(e)
                .hasMessageStartingWith("RQ-101 Invalid configuration of the resource adapter: ")
                .hasMessageContaining(text);
        assertThat(e.getInvalidPropertyDescriptors())
                .extracting(PropertyDescriptor::getName)
                .contains(name);
    }

    private void set(String name, Object value) throws Exception {
        new PropertyDescriptor(name, TestProperties.class).getWriteMethod().invoke(properties, value);
    }

    private static String range(String name) {
        return Configuration.definitions(TestProperties.class).stream()
                .filter(definition -> definition.name().equals(name))
                .findFirst()
                .orElseThrow()
                .range();
    }
}
