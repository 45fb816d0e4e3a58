// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/** The exceptions of operations, which remote clients must be able to read. */
class JdkFailuresTest {

    @ParameterizedTest
    @EnumSource
    void remoteClientsReadEachKindOfProblem(Kind kind) {
        RuntimeException failure =
                JdkFailures.of(new QueueAdminException(kind, "wrong", new RedisQueueException("cause")));

        assertThat(RemoteClient.copy(failure)).hasMessage("wrong").isExactlyInstanceOf(failure.getClass());
        assertThat(failure.getClass())
                .isEqualTo(
                        switch (kind) {
                            case INVALID -> IllegalArgumentException.class;
                            case NOT_FOUND -> NoSuchElementException.class;
                            case CONFLICT -> IllegalStateException.class;
                            case FORBIDDEN -> SecurityException.class;
                            case UNAVAILABLE -> UncheckedIOException.class;
                        });
    }

    @Test
    void otherExceptionsOfTheAdapterAreReplaced() {
        assertThat(RemoteClient.copy(JdkFailures.of(new RedisQueueException("RQ-127 stopped"))))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("RQ-127 stopped")
                .hasNoCause();
    }
}
