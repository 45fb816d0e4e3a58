// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.testing.TestCertificate;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class TlsTest {

    private static TestCertificate server;
    private static TestCertificate client;
    private static TestCertificate stranger;
    private static TestRedis redis;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        server = new TestCertificate("server", "ip:127.0.0.1");
        client = new TestCertificate("client", "dns:client");
        stranger = new TestCertificate("stranger", "dns:stranger");
        port = TestRedis.freePort();
        redis = TestRedis.start(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                server.certificateFile().toString(),
                "--tls-key-file",
                server.keyFile().toString(),
                "--tls-ca-cert-file",
                client.certificateFile().toString(),
                "--tls-auth-clients",
                "yes");
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void connectsWithATrustStoreAndAKeyStore() throws Exception {
        assertWorks(properties("127.0.0.1", server, client));
    }

    @Test
    void untrustedServerIsRefused() throws Exception {
        assertRefused(properties("127.0.0.1", stranger, client));
    }

    @Test
    void untrustedClientIsRefused() throws Exception {
        assertRefused(properties("127.0.0.1", server, stranger));
    }

    @Test
    void clientWithoutACertificateIsRefused() throws Exception {
        TestProperties properties = properties("127.0.0.1", server, client);
        properties.setKeyStore(null);
        properties.setKeyStorePassword(null);
        assertRefused(properties);
    }

    @Test
    void certificateOfAnotherHostIsRefusedUnlessAllowed() throws Exception {
        assertRefused(properties("localhost", server, client));

        TestProperties allowed = properties("localhost", server, client);
        allowed.setVerifyHostname("false");
        assertWorks(allowed);
    }

    @Test
    void serverMustBeTrustedEvenIfItsHostIsNotVerified() throws Exception {
        TestProperties properties = properties("127.0.0.1", stranger, client);
        properties.setVerifyHostname("false");

        assertRefused(properties);
    }

    private static TestProperties properties(String host, TestCertificate trusted, TestCertificate own)
            throws Exception {
        TestProperties properties = TestProperties.at("rediss://" + host + ":" + port);
        properties.setTrustStore(trusted.trustStore().toString());
        properties.setTrustStorePassword(TestCertificate.PASSWORD);
        properties.setKeyStore(own.keyStore().toString());
        properties.setKeyStorePassword(TestCertificate.PASSWORD);
        return properties;
    }

    private static void assertWorks(TestProperties properties) {
        RedisClient connected = RedisClient.acquire(properties);
        try {
            TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(connected));
            assertThat(queue.acknowledge(queue.held("m1")).done()).isTrue();
        } finally {
            connected.release();
        }
    }

    private static void assertRefused(TestProperties properties) {
        properties.setConnectTimeout(1_000);
        properties.setResponseTimeout(1_000);
        RedisClient refused = RedisClient.acquire(properties);
        try {
            assertThatThrownBy(refused::redisson)
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageStartingWith("RQ-103")
                    .hasMessageNotContaining(TestCertificate.PASSWORD);
        } finally {
            refused.release();
        }
    }
}
