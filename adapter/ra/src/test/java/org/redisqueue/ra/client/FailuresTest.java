// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.redisson.client.RedisException;

/** What is said of a failure, and what is left out. */
class FailuresTest {

    private static String describe(String text) {
        return Failures.describe(new CompletionException(new RedisException(text)));
    }

    @Test
    void what_was_sent_is_left_out() {
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
    void the_first_cause_is_told() {
        assertThat(Failures.describe(
                        new RedisException("Unexpected", new ConnectException("Connection refused: host:1"))))
                .isEqualTo("Connection refused: host:1");
        assertThat(Failures.describe(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
