// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

/** How a delivery to a listener ends. */
interface TransactionRules {

    /** {@return whether the message is acknowledged by the commit of a transaction} */
    boolean transacted();

    /** {@return whether the transaction commits although the listener has thrown this exception} */
    boolean commitsDespite(Throwable thrown);
}
