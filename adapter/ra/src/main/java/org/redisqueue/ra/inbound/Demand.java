// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import org.redisqueue.ra.protocol.ClaimedMessage;

/** The dispatcher from the point of view of its supply. */
interface Demand {

    /** Returns whether the listener is neither paused nor stopped. The lock is held. */
    boolean isOpen();

    /** Returns whether claimed messages can be delivered now. The lock is held. */
    boolean accepts();

    /** Returns whether single messages are delivered to find out whether that works. The lock is held. */
    boolean isProbing();

    /** Selects the claimed messages that can be delivered now. The lock is held. */
    List<ClaimedMessage> admitted(List<ClaimedMessage> claimed);

    /** Returns claimed messages to the queue that no listener has seen. Does not throw. */
    void putBack(List<ClaimedMessage> messages);

    /** Records that the queue is paused. */
    void paused();

    /** Returns whether consuming has not been stopped. */
    boolean isConsuming();

    /** Takes the next possible steps. Does not throw. */
    void proceed();

    /** Runs a step and handles its failure. Does not throw. */
    void guarded(Runnable step);
}
