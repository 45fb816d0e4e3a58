// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.database.PostgreSql;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.app.Bookings;
import org.redisqueue.it.reliability.app.OrderServlet;
import org.redisqueue.it.reliability.process.Node;
import org.redisqueue.it.reliability.process.Site;
import org.redisqueue.it.reliability.process.Site.Setup;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The servers that take and book orders, their database, and their Redis, each in a separate process. */
final class OrderSite implements AutoCloseable {

    private static final String[] DURABLE = {"--appendonly", "yes", "--appendfsync", "always"};
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final String UNLIMITED = "100000";

    /** The number of queues that are bound to the topic of booked orders. */
    static final int COPIES = 5;

    private final PostgreSql database = PostgreSql.start();
    private final TestRedis redis = TestRedis.start(
            Stream.of(DURABLE, RedisFault.ARGUMENTS).flatMap(Stream::of).toArray(String[]::new));
    private final FaultyWire wire = new FaultyWire(redis);
    private final Setup setup;
    private final Site site;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();

    /** A site on which message-driven beans book the orders. */
    OrderSite() {
        this(Setup.XA);
    }

    private OrderSite(Setup setup) {
        this(
                setup,
                Archives.war(Beans.of(Archives.IN_EAR)
                        .consuming(
                                OrderServlet.QUEUE,
                                BookingListener.class,
                                "lease=${reliability.lease:15000}",
                                "maxConcurrency=15",
                                "redeliveryDelay=200",
                                "maxRedeliveryDelay=1000",
                                "maxDeliveries=" + UNLIMITED,
                                "maxAbandoned=" + UNLIMITED)));
    }

    private OrderSite(Setup setup, WebArchive application, File... libraries) {
        this.setup = setup;
        database.execute(Bookings.TABLES);
        EnterpriseArchive archive =
                Archives.ear(Archives.rar(), application.addPackage(BookingListener.class.getPackage()));
        site = Site.install(archive.addAsLibraries(libraries), database, setup);
    }

    /** A site on which CDI beans book the orders. */
    static OrderSite ofCdiBeans() {
        return new OrderSite(
                Setup.XA, Archives.withCdi(Archives.war(Beans.of(Archives.IN_EAR))), Archives.CDI_EXTENSION);
    }

    /** A site whose servers keep their transaction logs in the database. */
    static OrderSite withTransactionLogInDatabase() {
        return new OrderSite(Setup.LOG_IN_DATABASE);
    }

    /** A site whose database commits in one phase, and thereby decides on the transactions. */
    static OrderSite withCommitMarkableDatabase() {
        return new OrderSite(Setup.COMMIT_MARKABLE);
    }

    PostgreSql database() {
        return database;
    }

    TestRedis redis() {
        return redis;
    }

    FaultyWire wire() {
        return wire;
    }

    /** A server that has not been started, and connects to Redis through the {@linkplain #wire wire}. */
    Node node(String name, long leaseMillis) {
        return added(site.node(name, properties(leaseMillis)));
    }

    /** A server that has not been started, and whose recovery runs every second. */
    Node quicklyRecovering(String name, long leaseMillis) {
        Map<String, String> properties = new HashMap<>(properties(leaseMillis));
        properties.put("RecoveryEnvironmentBean.periodicRecoveryPeriod", "1");
        properties.put("JTAEnvironmentBean.orphanSafetyInterval", "1000");
        return added(site.node(name, properties));
    }

    /** A server that has not been started, takes the place of one with the same name, and has none of its files. */
    Node successor(String name, long leaseMillis) {
        return added(site.successor(name, properties(leaseMillis)));
    }

    private Map<String, String> properties(long leaseMillis) {
        return Map.of("redisqueue.addresses", wire.address(), "reliability.lease", Long.toString(leaseMillis));
    }

    private Node added(Node node) {
        nodes.put(node.name(), node);
        return node;
    }

    /**
     * One of the running servers.
     *
     * @throws IllegalStateException if no server is running
     */
    Node anyRunning() {
        List<Node> running = nodes.values().stream().filter(Node::isRunning).toList();
        if (running.isEmpty()) {
            throw new IllegalStateException("No server is running");
        }
        return running.get(ThreadLocalRandom.current().nextInt(running.size()));
    }

    /** The queue of orders to book. */
    Queue orders() {
        return new Queue(this::call, OrderServlet.QUEUE);
    }

    /** The queue of booked orders. */
    Queue done() {
        return new Queue(this::call, OrderServlet.QUEUE + ".done");
    }

    /** Binds five queues to the topic of booked orders. */
    void bindCopies() {
        copies().forEach(copy -> redis.call("SADD", "rq:{" + OrderServlet.QUEUE + ".events}:bindings", copy.name()));
    }

    /** The queues that are bound to the topic of booked orders. */
    List<Queue> copies() {
        return IntStream.rangeClosed(1, COPIES)
                .mapToObj(number -> new Queue(this::call, OrderServlet.QUEUE + ".copy" + number))
                .toList();
    }

    /** How often each of the bound queues has a message with this body. */
    List<Long> copied(String body) {
        return copies().stream()
                .map(copy -> copy.bodies().stream().filter(body::equals).count())
                .toList();
    }

    /** Uses a new connection, because faults break connections. */
    private Object call(Object... words) {
        try (RespConnection connection = redis.connect()) {
            return connection.call(words);
        }
    }

    /** The number of bookings with this body in the database. */
    int booked(String body) {
        return database.query("SELECT body FROM bookings WHERE body = ?", body).size();
    }

    /** The number of orders with this body in the database. */
    int ordered(String body) {
        return database.query("SELECT body FROM orders WHERE body = ?", body).size();
    }

    /** The ids of the transactions that a commit-markable database has committed and recovery has not deleted. */
    List<String> marks() {
        return setup != Setup.COMMIT_MARKABLE ? List.of() : database.query("SELECT encode(xid, 'hex') FROM xids");
    }

    /** The number of bookings. */
    long bookedMessages() {
        return (Long) done().call("LLEN", done().key("ready"));
    }

    /** Waits until nothing remains of any transaction. */
    void awaitSettled() {
        await("all is settled")
                .atMost(SETTLED)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(unsettled()).isEmpty());
    }

    /** Deletes all orders, after they are settled or a test has failed. */
    void clear() {
        redis.call("FLUSHALL");
        database.execute("SET lock_timeout = '20s'; TRUNCATE bookings, orders");
    }

    /** Whether nothing remains of any transaction: no message to deliver, no branch in doubt, and no entry in a log. */
    boolean isSettled() {
        return unsettled().isEmpty();
    }

    /** Describes what remains of transactions. Scans all keys last, because that takes long after many bookings. */
    private List<String> unsettled() {
        List<String> left = new ArrayList<>();
        if (!orders().isIdle()) {
            left.add("orders: ready " + orders().ready() + ", processing " + orders().processing() + ", prepared "
                    + orders().prepared());
        }
        done().prepared().forEach((branch, record) -> left.add("prepared in Redis: " + branch + " " + record));
        database.prepared().forEach(branch -> left.add("prepared in the database: " + branch));
        marks().forEach(mark -> left.add("marked in the database: " + mark));
        nodes.values().forEach(node -> node.transactionLog().forEach(file -> left.add("in a log: " + file)));
        if (left.isEmpty()) {
            orders().keys().forEach(key -> left.add("in Redis: " + key));
        }
        return left;
    }

    @Override
    public void close() {
        nodes.values().forEach(Node::close);
        wire.close();
        redis.close();
        database.close();
    }
}
