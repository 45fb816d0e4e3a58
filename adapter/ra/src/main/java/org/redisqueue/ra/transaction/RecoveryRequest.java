// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

/**
 * The source of a request for the prepared branches, which determines whether the request is repeated. Most transaction
 * managers ask periodically, and lose nothing if Redis does not answer once.
 *
 * <p>JTS, the transaction manager of Payara and GlassFish, asks once, when the server starts. If the answer is an
 * {@link javax.transaction.xa.XAException}, JTS continues without the list and then drops its decisions from its log:
 * the next start rolls those branches back. Any other exception ends its recovery and leaves its log unchanged.
 */
enum RecoveryRequest {
    /** A request of a transaction manager that asks periodically. */
    PERIODIC,
    /** The only request of JTS, when the server starts. */
    ONLY_ONE,
    /**
     * A later request of JTS, for branches whose second phase has failed while the server is running. JTS repeats this
     * request.
     */
    CLEANUP;

    private static final String JTS = "com.sun.jts.";

    /** Returns the kind of request that the current thread is processing. */
    static RecoveryRequest current() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().startsWith(JTS))
                        .map(frame -> frame.getMethodName().equals("recoverIncompleteTx") ? CLEANUP : ONLY_ONE)
                        .reduce((one, other) -> one == CLEANUP ? one : other)
                        .orElse(PERIODIC));
    }
}
