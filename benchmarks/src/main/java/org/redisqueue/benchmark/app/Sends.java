// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import jakarta.transaction.TransactionManager;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Sends messages, one per call, from several threads. */
final class Sends {

    private Sends() {}

    /**
     * Returns the duration in nanoseconds.
     *
     * @param transaction whether each message is sent in a JTA transaction
     */
    static long run(String queue, int count, int size, int threads, boolean transaction)
            throws NamingException, InterruptedException, ExecutionException {
        Runnable sending = queue.endsWith(Work.REDIS) ? redis(queue, size) : jms(queue, size);
        TransactionManager transactions = InitialContext.doLookup("java:jboss/TransactionManager");
        AtomicInteger left = new AtomicInteger(count);
        Callable<Void> sender = () -> {
            while (left.getAndDecrement() > 0) {
                if (transaction) {
                    transactions.begin();
                    sending.run();
                    transactions.commit();
                } else {
                    sending.run();
                }
            }
            return null;
        };
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long begin = System.nanoTime();
            for (Future<Void> each : executor.invokeAll(Collections.nCopies(threads, sender))) {
                each.get();
            }
            return System.nanoTime() - begin;
        } finally {
            executor.shutdownNow();
        }
    }

    private static Runnable redis(String queue, int size) throws NamingException {
        RedisQueueConnectionFactory connections = InitialContext.doLookup("java:/eis/RedisQueue");
        String body = "x".repeat(size);
        return () -> {
            try (RedisQueueConnection connection = connections.createConnection()) {
                connection.send(queue, body);
            }
        };
    }

    private static Runnable jms(String queue, int size) throws NamingException {
        ConnectionFactory connections =
                InitialContext.doLookup(queue.endsWith(Work.REMOTE) ? "java:/jms/RemoteXA" : "java:/JmsXA");
        Queue destination = InitialContext.doLookup("java:/jms/queue/" + queue);
        byte[] body = "x".repeat(size).getBytes(StandardCharsets.UTF_8);
        return () -> {
            try (JMSContext context = connections.createContext()) {
                context.createProducer().send(destination, body);
            }
        };
    }
}
