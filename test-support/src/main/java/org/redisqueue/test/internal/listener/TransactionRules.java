// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

/** The rules by which the transaction of a delivery ends. */
interface TransactionRules {

    /** {@return whether the message is acknowledged by the commit of a transaction} */
    boolean transacted();

    /** {@return whether the transaction commits although the listener has thrown this exception} */
    boolean commitsDespite(Throwable thrown);
}
