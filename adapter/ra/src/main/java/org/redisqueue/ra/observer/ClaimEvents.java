// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import org.redisqueue.ra.protocol.ClaimResult;

/** Reports the side effects of a claim, such as dropping expired messages, to an observer. */
public final class ClaimEvents {

    private ClaimEvents() {}

    public static void report(DeliveryObserver observer, String queue, ClaimResult claim) {
        if (claim.expired() > 0) {
            observer.expired(queue, claim.expired());
        }
        claim.limits().invalid().forEach((setting, value) -> observer.invalidSetting(queue, setting, value));
        claim.gone().forEach(id -> observer.gone(queue, id));
        claim.deadLettered().forEach((id, reason) -> observer.deadLetteredByClaim(queue, id, reason));
    }
}
