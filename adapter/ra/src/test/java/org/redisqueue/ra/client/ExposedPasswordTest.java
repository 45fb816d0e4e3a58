// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;

class ExposedPasswordTest {

    private static final String SECRET = "s3cret-of-redis";

    private static boolean exposes(String addresses, Consumer<TestProperties> change) {
        TestProperties properties = TestProperties.at(addresses);
        change.accept(properties);
        return ExposedPassword.isIn(RedissonConfig.of(new ConnectionSettings(properties)));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://10.0.0.5:6379,true",
        "redis://redis.example.com:6379,true",
        "redis://[2001:db8::1]:6379,true",
        "redis://localhost.example.com:6379,true",
        "rediss://10.0.0.5:6379,false",
        "redis://127.0.0.1:6379,false",
        "redis://127.1.2.3:6379,false",
        "redis://LOCALHOST:6379,false",
        "redis://[::1]:6379,false"
    })
    void passwordIsExposedToOtherHostsWithoutTls(String address, boolean exposed) {
        assertThat(exposes(address, properties -> properties.setPassword(SECRET)))
                .isEqualTo(exposed);
        assertThat(exposes(address, properties -> properties.setUser("shop"))).isFalse();
        assertThat(exposes(address, properties -> {})).isFalse();
    }

    @Test
    void everyAddressIsChecked() {
        assertThat(exposes("redis://127.0.0.1:1,redis://10.0.0.5:1", properties -> {
                    properties.setMode("cluster");
                    properties.setPassword(SECRET);
                }))
                .isTrue();
        assertThat(exposes("redis://10.0.0.5:1", properties -> {
                    properties.setMode("sentinel");
                    properties.setMasterName("m");
                    properties.setSentinelPassword(SECRET);
                }))
                .isTrue();
    }

    @Test
    void passwordsInARedissonFileAreChecked(@TempDir Path directory) throws Exception {
        for (String yaml : new String[] {
            "singleServerConfig: {address: 'redis://10.0.0.5:1', password: '" + SECRET + "'}",
            "singleServerConfig: {address: 'redis://10.0.0.5:1'}\npassword: '" + SECRET + "'",
            "singleServerConfig: {address: 'redis://shop:" + SECRET + "@10.0.0.5:1'}"
        }) {
            Path file = Files.writeString(directory.resolve("redisson.yaml"), yaml);
            assertThat(exposes("redis://127.0.0.1:1", properties -> properties.setRedissonYaml(file.toString())))
                    .as(yaml)
                    .isTrue();
        }
    }

    @Test
    void warningIsLoggedOnceWithoutThePassword() {
        TestProperties properties = TestProperties.at("redis://nowhere.invalid:6379");
        properties.setPassword(SECRET);
        properties.setConnectTimeout(100);
        RedisClient client = RedisClient.acquire(properties);
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(client::redisson).isInstanceOf(RedisUnavailableException.class);
            }

            assertThat(log.lines())
                    .containsExactly("RQ-204 The password for Redis at redis://nowhere.invalid:6379 is sent to"
                            + " another host without encryption. Use rediss:// addresses.");
        } finally {
            client.release();
        }
    }
}
