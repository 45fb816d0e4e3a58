// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisResponseTimeoutException;

/** The description of a failure, which does not quote the call. */
class FailuresTest {

    private static String describe(String text) {
        return Failures.describe(new CompletionException(new RedisException(text)));
    }

    @Test
    void descriptionDoesNotQuoteTheCall() {
        assertThat(describe(
                        "OOM command not allowed when used memory > 'maxmemory'.. channel: [id: 0x1] command: (SET),"
                                + " params: [key, secret]"))
                .isEqualTo("OOM command not allowed when used memory > 'maxmemory'");
        assertThat(describe(
                        "WRONGPASS invalid username-password pair. channel: [id] command: (AUTH), params: (secret)"))
                .isEqualTo("WRONGPASS invalid username-password pair");
        assertThat(describe(
                        "Redis server response timeout (500 ms) occurred after 0 of 0 retry attempts, command: secret"))
                .isEqualTo("Redis server response timeout (500 ms) occurred");
        assertThat(describe("Unable to acquire connection! Increase pool size. Node source: x, command: secret"))
                .isEqualTo("Unable to acquire connection");
    }

    @Test
    void descriptionContainsWhatAScriptMayNotDo() {
        assertThat(
                        describe(
                                "ERR ACL failure in script: User shop has no permissions to run the 'zcount' command script:"
                                        + " 75c140fc6ca48bd6e1a866b6c47d197de1598d48, on @user_script:1.. channel: [id: 0x1] command: (EVALSHA)"))
                .isEqualTo("ERR ACL failure in script: User shop has no permissions to run the 'zcount' command");
    }

    @Test
    void descriptionNamesTheRootCause() {
        assertThat(Failures.describe(
                        new RedisException("Unexpected", new ConnectException("Connection refused: host:1"))))
                .isEqualTo("Connection refused: host:1");
        assertThat(Failures.describe(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void descriptionNamesTheAddressIfRedisWasNotReached() {
        ConnectException refused = new ConnectException("Connection refused");
        ConnectException annotated = new ConnectException("Connection refused: redis.example.com/10.0.0.5:6379");
        annotated.initCause(refused);

        assertThat(Failures.describe(new RedisException("Unexpected", annotated)))
                .isEqualTo("Connection refused (redis.example.com:6379)");
        assertThat(Failures.describe(new RedisResponseTimeoutException(
                        "Redis server response timeout (500 ms) occurred after 0 of 0 retry attempts, command: false"
                                + " Check connection with Redis node: 10.0.0.5/10.0.0.5:6379 for TCP packet drops,"
                                + " params: [R:secret/10.0.0.6:1]")))
                .isEqualTo("Redis server response timeout (500 ms) occurred (10.0.0.5:6379)");
        assertThat(Failures.describe(new RedisConnectionException(
                        "Unable to write command into connection! channel=[id: 0x1, L:/127.0.0.1:3 ! R:/10.0.0.5:6379]",
                        new ClosedChannelException())))
                .isEqualTo("Connection closed (10.0.0.5:6379)");
    }

    @Test
    void errorRepliesOfRedisAreDescribedWithoutAnAddress() {
        assertThat(describe("READONLY You can't write. channel: [id: 0x1, L:/127.0.0.1:3 - R:/10.0.0.5:6379]"))
                .isEqualTo("READONLY You can't write");
    }

    @Test
    void descriptionIsOneLineOfLimitedLength() {
        assertThat(describe("x\u001b[31m" + "x".repeat(2_000)))
                .startsWith("x\\u001b[31mxxx")
                .hasSize(1_001);
    }
}
