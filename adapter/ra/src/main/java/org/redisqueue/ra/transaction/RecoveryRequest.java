// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

/**
 * Who asks for the prepared branches, and how often. Most transaction managers ask again and again, and lose nothing if
 * Redis does not answer.
 *
 * <p>JTS, the transaction manager of Payara and GlassFish, asks once, when the server starts. If the answer is an {@link
 * javax.transaction.xa.XAException}, it goes on without it and then drops from its log what it had decided: the next
 * start rolls those branches back. Any other exception ends its recovery, and its log stays as it is.
 */
enum RecoveryRequest {
    /** Of a transaction manager that asks again. */
    PERIODIC,
    /** Of JTS at the start of the server. */
    ONLY_ONE,
    /** Of JTS later, for branches whose second phase has failed while the server runs; it asks for these again. */
    CLEANUP;

    private static final String JTS = "com.sun.jts.";

    /** The request that the current thread is about. */
    static RecoveryRequest current() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().startsWith(JTS))
                        .map(frame -> frame.getMethodName().equals("recoverIncompleteTx") ? CLEANUP : ONLY_ONE)
                        .reduce((one, other) -> one == CLEANUP ? one : other)
                        .orElse(PERIODIC));
    }
}
