// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** An adapter does not use a Redis that adapters with a later protocol use. */
class ProtocolVersionTest {

    private final TestRedis redis = TestRedis.shared();
    private final String prefix = "version" + UUID.randomUUID().toString().replace("-", "");
    private final TestProperties properties = TestProperties.of(redis);
    private @Nullable RedisClient client;

    @AfterEach
    void stop() {
        if (client != null) {
            client.release();
        }
        redis.call("DEL", key());
    }

    private String key() {
        return prefix + ":version";
    }

    private void connect() {
        properties.setKeyPrefix(prefix);
        client = RedisClient.acquire(properties);
        TestQueue.operationsOf(client).connect();
    }

    @Test
    void firstAdapterStoresItsVersion() {
        connect();

        assertThat(redis.call("GET", key())).isEqualTo("1");
    }

    @Test
    void sameVersionIsAccepted() {
        redis.call("SET", key(), "1");

        connect();

        assertThat(client.isConnected()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "1.1", "later"})
    void otherVersionIsRefusedByName(String version) {
        redis.call("SET", key(), version);

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(this::connect)
                .withMessageContaining("RQ-143 Redis at " + redis.address())
                .withMessageContaining("version '" + version + "' of the protocol")
                .withMessageContaining("this adapter has version 1");
        assertThat(redis.call("GET", key())).isEqualTo(version);
    }

    @Test
    void fullServerThatHasNoVersionIsUsed() {
        try (TestRedis full = TestRedis.start("--maxmemory", "1")) {
            RedisClient adapter = RedisClient.acquire(TestProperties.of(full));
            try {
                TestQueue.operationsOf(adapter).connect();

                assertThat(adapter.isConnected()).isTrue();
                assertThat(full.call("GET", "rq:version")).isNull();
            } finally {
                adapter.release();
            }
        }
    }

    @Test
    void userWhoMayNotReadTheVersionConnects() {
        String user = "user" + prefix;
        redis.call("ACL", "SETUSER", user, "on", ">secret", "~" + prefix + ":{*", "~" + prefix + ":lane:*", "+@all");
        properties.setUser(user);
        properties.setPassword("secret");
        redis.call("SET", key(), "2");
        try {
            connect();

            assertThat(client.isConnected()).isTrue();
        } finally {
            redis.call("ACL", "DELUSER", user);
        }
    }
}
