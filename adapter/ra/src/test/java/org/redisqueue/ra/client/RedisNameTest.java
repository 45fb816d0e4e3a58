// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisqueue.ra.testing.TestProperties;

class RedisNameTest {

    private static final String ADDRESS = "redis://127.0.0.1:1";

    private static String name(TestProperties properties) {
        RedisClient client = RedisClient.acquire(properties);
        try {
            return client.name();
        } finally {
            client.release();
        }
    }

    private static String name(Consumer<TestProperties> change) {
        TestProperties properties = TestProperties.at(ADDRESS);
        change.accept(properties);
        return name(properties);
    }

    private static String name(Path yaml, String content) throws IOException {
        Files.writeString(yaml, content);
        return name(properties -> properties.setRedissonYaml(yaml.toString()));
    }

    @Test
    void nameConsistsOfModeAddressesDatabaseAndPrefix() {
        assertThat(name(properties -> {})).isEqualTo("redis-queue:single:redis://127.0.0.1:1/0/rq");
    }

    @Test
    void differentRedisServersHaveDifferentNames() {
        Set<String> names = Stream.<Consumer<TestProperties>>of(
                        properties -> {},
                        properties -> properties.setAddresses("redis://127.0.0.1:2"),
                        properties -> properties.setDatabase(1),
                        properties -> properties.setKeyPrefix("other"),
                        properties -> properties.setMode("cluster"),
                        properties -> sentinel(properties, "a"),
                        properties -> sentinel(properties, "b"))
                .map(RedisNameTest::name)
                .collect(Collectors.toSet());
        assertThat(names).hasSize(7);
    }

    private static void sentinel(TestProperties properties, String master) {
        properties.setMode("sentinel");
        properties.setMasterName(master);
    }

    @Test
    void nameDoesNotDependOnOtherSettings() {
        assertThat(name(properties -> {
                    properties.setUser("alice");
                    properties.setPassword("secret");
                    properties.setClientName("another");
                    properties.setPoolSize(10);
                }))
                .isEqualTo(name(properties -> {}));
    }

    @Test
    void nameOfARedissonFileContainsItsAddressesWithoutCredentials(@TempDir Path directory) throws IOException {
        Path yaml = directory.resolve("redisson.yaml");
        String first = name(yaml, "singleServerConfig: {address: 'redis://alice:secret@127.0.0.1:1', database: 3}");
        assertThat(first)
                .isEqualTo("redis-queue:single:redis://***@127.0.0.1:1/3/rq " + yaml)
                .isNotEqualTo(name(yaml, "singleServerConfig: {address: 'redis://127.0.0.1:2', database: 3}"));
        assertThat(name(yaml, "clusterServersConfig: {nodeAddresses: ['redis://a:1', 'redis://b:2']}"))
                .startsWith("redis-queue:cluster:redis://a:1,redis://b:2/0/rq ");
    }
}
