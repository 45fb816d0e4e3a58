// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

/** A message that a branch consumes. */
public interface Consumption {

    /** {@return the queue of the message} */
    String queue();

    /** {@return the id of the message} */
    String id();

    /** Called when the branch has committed. */
    void committed();

    /** Called when the branch was rolled back. */
    void rolledBack();
}
