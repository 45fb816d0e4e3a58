// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.transaction.TransactionManager;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Messages in memory. Each is consumed in a transaction with a {@link NullResource} in place of a broker. */
final class MemorySupply {

    private static final AtomicInteger LEFT = new AtomicInteger();
    private static volatile String body = "";

    private MemorySupply() {}

    static void fill(int count, int size) {
        body = "x".repeat(size);
        LEFT.set(count);
    }

    /** Consumes all messages, on threads that end then. */
    static void consume(String queue, int threads) throws NamingException {
        TransactionManager transactions = InitialContext.doLookup("java:jboss/TransactionManager");
        for (int i = 0; i < threads; i++) {
            new Thread(() -> consume(queue, transactions), "supply-" + i).start();
        }
    }

    private static void consume(String queue, TransactionManager transactions) {
        Work work = Work.of(queue);
        try {
            while (LEFT.getAndDecrement() > 0) {
                transactions.begin();
                transactions.getTransaction().enlistResource(new NullResource());
                Rows.insert(work, body);
                transactions.commit();
                Deliveries.count(queue);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e); // the server logs it, and the benchmark misses messages
        }
    }
}
