// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The settings of a valid activation, except its queue, which each listener method can name itself. */
record ActivationSettings(
        int maxConcurrency,
        int prefetch,
        int leaseMillis,
        int maxAbandoned,
        OnExpiry onExpiry,
        RedeliveryPolicy redelivery,
        int drainTimeoutMillis) {}
