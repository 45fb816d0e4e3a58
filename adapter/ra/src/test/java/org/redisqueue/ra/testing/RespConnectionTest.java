// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class RespConnectionTest {

    private static final int TIMEOUT_MILLIS = 100;

    @Test
    void lateReplyDoesNotAnswerALaterCommand() throws IOException {
        try (TestRedis redis = TestRedis.start();
                RespConnection connection = new RespConnection(redis.host(), redis.port(), TIMEOUT_MILLIS)) {
            redis.call("CLIENT", "PAUSE", 2 * TIMEOUT_MILLIS);
            assertThatThrownBy(() -> connection.call("TIME"))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(SocketTimeoutException.class);

            redis.call("CLIENT", "UNPAUSE");
            assertThat(connection.isClosed()).isTrue();
            assertThatThrownBy(() -> connection.call("PING")).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void sharedConnectionIsReplacedAfterAFailure() {
        try (TestRedis redis = TestRedis.start()) {
            try (RespConnection killer = redis.connect()) {
                redis.call("PING"); // connects
                killer.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            }
            assertThatThrownBy(() -> redis.call("PING")).isInstanceOf(UncheckedIOException.class);

            assertThat(redis.call("PING")).isEqualTo("PONG");
        }
    }
}
