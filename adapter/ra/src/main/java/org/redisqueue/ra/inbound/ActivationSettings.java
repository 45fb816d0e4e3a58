// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.Map;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.protocol.QueueSetting;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/**
 * The settings of a valid activation, except its queue, which each listener method can name itself.
 *
 * @param batch maximum number of messages per call of the listener
 * @param batchWaitMillis maximum time that a message waits for its batch to fill up
 * @param queueSettings the settings of the queue that the listener declares
 */
record ActivationSettings(
        int maxConcurrency,
        int prefetch,
        int batch,
        int batchWaitMillis,
        int leaseMillis,
        int maxAbandoned,
        OnExpiry onExpiry,
        RedeliveryPolicy redelivery,
        int failureThreshold,
        int drainTimeoutMillis,
        Map<QueueSetting, String> queueSettings) {

    /**
     * Returns the settings for a listener. A batch listener claims at least one batch ahead, unless prefetching is off.
     */
    ActivationSettings forListener(boolean batches) {
        return new ActivationSettings(
                maxConcurrency,
                batches && prefetch > 0 ? Math.max(prefetch, batch) : prefetch,
                batches ? batch : 1,
                batches ? batchWaitMillis : 0,
                leaseMillis,
                maxAbandoned,
                onExpiry,
                redelivery,
                failureThreshold,
                drainTimeoutMillis,
                queueSettings);
    }
}
