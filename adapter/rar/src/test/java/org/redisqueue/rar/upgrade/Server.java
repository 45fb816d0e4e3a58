// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar.upgrade;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import jakarta.resource.ResourceException;
import jakarta.transaction.TransactionManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.BareContainer;
import org.redisqueue.ra.testing.EnlistedConnections;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.TestNarayana;

/**
 * A server that sends messages to the queue {@code orders} and consumes them. Each transaction, in one phase or two, sends
 * a message to {@code results} or rolls back. The server prints what it has sent and processed, reads {@linkplain Order
 * commands} from standard input, and stops at its end.
 */
public final class Server {

    /** A command to the server, sent as the byte of its ordinal. */
    enum Order {
        STOP_SENDING,
        /** To end, without finishing anything, when a transaction is prepared in Redis and not yet decided. */
        DIE_IN_DOUBT
    }

    static final String SENT = "sent ";
    static final String PROCESSED = "processed ";

    private static final int CONSUMERS = 4;
    private static final int LEASE_MILLIS = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final Duration RECOVERY_INTERVAL = Duration.ofSeconds(1);

    /** How many transactions there are for each one that rolls back. */
    private static final int ROLLBACK = 10;

    private final TransactionManager transactions;
    private final BareContainer container = new BareContainer();
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final RedisQueueConnectionFactory connections;
    private volatile boolean sending = true;
    private volatile boolean running = true;
    private volatile boolean dying;

    private Server(String name, String redis) throws CoreEnvironmentBeanException, ResourceException {
        transactions = TestNarayana.transactionManager();
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier(name);
        jtaPropertyManager.getJTAEnvironmentBean().setXaRecoveryNodes(List.of(name));
        jtaPropertyManager.getJTAEnvironmentBean().setOrphanSafetyInterval(2_000);
        adapter.setAddresses(redis);
        adapter.start(container);
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        connections =
                (RedisQueueConnectionFactory) factory.createConnectionFactory(new EnlistedConnections(transactions));
    }

    /** @param arguments the name of the server, and the address of Redis */
    public static void main(String[] arguments) throws Exception {
        new Server(arguments[0], arguments[1]).run();
    }

    private void run() throws ResourceException, IOException, InterruptedException {
        Thread recovery = new Thread(this::recover);
        recovery.start();
        Thread sender = new Thread(this::send);
        sender.start();
        RedisActivationSpec specification = new RedisActivationSpec();
        specification.setResourceAdapter(adapter);
        specification.setQueue("orders");
        specification.setMaxConcurrency(CONSUMERS);
        specification.setLease(LEASE_MILLIS);
        specification.setMaxDeliveries(1_000);
        specification.setRedeliveryDelay(0);
        Endpoints endpoints = new Endpoints(transactions, this::process);
        adapter.endpointActivation(endpoints, specification);
        for (int order = System.in.read(); order >= 0; order = System.in.read()) {
            if (order == Order.DIE_IN_DOUBT.ordinal()) {
                dying = true;
            } else {
                sending = false;
            }
        }
        sending = false;
        sender.join();
        adapter.endpointDeactivation(endpoints, specification);
        running = false;
        recovery.join();
        adapter.stop();
        container.close();
        System.exit(0);
    }

    private void recover() {
        while (running) {
            TestNarayana.recover(adapter.getXAResources(null));
            LockSupport.parkNanos(RECOVERY_INTERVAL.toNanos());
        }
    }

    private void send() {
        while (sending) {
            String order = UUID.randomUUID().toString();
            try (RedisQueueConnection connection = connections.createConnection()) {
                connection.send("orders", order);
                System.out.println(SENT + order);
            } catch (RedisQueueException e) {
                System.err.println(e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void process(RedisMessage order) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.send("results", order.text());
            ThreadLocalRandom random = ThreadLocalRandom.current();
            if (random.nextBoolean()) {
                OtherResource.enlist(transactions, this::dieIfOrdered); // is prepared after Redis
            }
            if (random.nextInt(ROLLBACK) == 0) {
                throw new IllegalStateException("rolls back");
            }
        }
        System.out.println(PROCESSED + order.text());
    }

    private void dieIfOrdered() {
        if (dying) {
            Runtime.getRuntime().halt(1);
        }
    }
}
