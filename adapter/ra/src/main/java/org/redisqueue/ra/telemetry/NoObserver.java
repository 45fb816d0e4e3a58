// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import org.redisqueue.ra.observer.DeliveryObserver;

/** Observes nothing. */
enum NoObserver implements DeliveryObserver {
    INSTANCE
}
