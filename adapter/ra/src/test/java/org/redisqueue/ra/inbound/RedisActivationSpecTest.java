// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.resource.spi.InvalidPropertyException;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The defaults of an activation. */
class RedisActivationSpecTest {

    @Test
    void receivedMessagesAreRedeliveredLikeThoseOfAnActivationWithDefaults() {
        assertThat(new RedisActivationSpec().redeliveryPolicy()).isEqualTo(RedeliveryPolicy.DEFAULT);
    }

    @Test
    void batchPropertiesRequireABatchListener() {
        RedisActivationSpec spec = new RedisActivationSpec();
        spec.setQueue("rows");
        assertThatCode(spec::requireNoBatches).doesNotThrowAnyException();
        spec.setBatch(20);
        spec.setBatchWait(100);
        assertThatExceptionOfType(InvalidPropertyException.class)
                .isThrownBy(spec::requireNoBatches)
                .withMessage(
                        "RQ-101 Invalid configuration of the activation of queue 'rows': 'batch' is '20', but requires"
                                + " a batch listener: a bean that implements RedisBatchListener; 'batchWait' is '100', but requires"
                                + " a batch listener: a bean that implements RedisBatchListener");
    }
}
