// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The defaults of an activation. */
class RedisActivationSpecTest {

    @Test
    void receivedMessagesAreRedeliveredLikeThoseOfAnActivationWithDefaults() {
        assertThat(new RedisActivationSpec().redeliveryPolicy()).isEqualTo(RedeliveryPolicy.DEFAULT);
    }
}
