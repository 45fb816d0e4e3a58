// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.XAConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Deduplication;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestNarayana;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Transactions of a real transaction manager, alone and together with a real database. */
class NarayanaTest {

    private static final Pattern SCRIPT_CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final NamedResources names = NamedResources.of(this);
    private TransactionManager transactions;
    private ResourceManager manager;
    private RedisXAResource resource;
    private DeliveryConsumption delivery;
    private XAConnection database;

    @BeforeEach
    void open() throws SQLException {
        transactions = TestNarayana.transactionManager();
        manager = ResourceManager.acquire(TestProperties.of(redis));
        resource = new RedisXAResource(manager);
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table done (id varchar primary key)");
        }
        database = h2.getXAConnection();
    }

    @AfterEach
    void close() throws SQLException {
        manager.release();
        database.close();
    }

    /** The first calls load the scripts and obtain the time of Redis. */
    private void warmUp() {
        String id = QueueOperations.newId();
        SendRequest message = new SendRequest("warm-up." + id, id, new byte[0], 0);
        manager.operations().send(List.of(message)).join();
        manager.operations().prepare(id, message.queue(), List.of(), List.of()).join();
        manager.operations().commit(id, message.queue(), false).join();
    }

    private Lease claim(String id) {
        queue.push(id, "value");
        return manager.operations()
                .claim(new ClaimRequest(queue.name(), 1, 60_000, 20, 1_000))
                .join()
                .messages()
                .get(0)
                .lease();
    }

    private Transaction consuming(Lease lease) throws Exception {
        transactions.begin();
        Transaction transaction = transactions.getTransaction();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        assertThat(transaction.enlistResource(names.named(resource))).isTrue();
        return transaction;
    }

    private void insert(Transaction transaction, String id) throws Exception {
        transaction.enlistResource(database.getXAResource());
        try (Statement statement = database.getConnection().createStatement()) {
            statement.execute("insert into done values ('" + id + "')");
        }
    }

    private int rows() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from done")) {
            result.next();
            return result.getInt(1);
        }
    }

    private void send(String id) {
        resource.current().orElseThrow().send(new SendRequest(queue.name(), id, new byte[0], 0));
    }

    private long scriptCalls() {
        Matcher matcher = SCRIPT_CALLS.matcher((String) redis.call("INFO", "commandstats"));
        long calls = 0;
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(1));
        }
        return calls;
    }

    private SendRequest keyed(String id) {
        SendOptions options = new SendOptions(0, 0, new Deduplication("k", 60_000, true), null);
        return new SendRequest(queue.name(), id, new byte[0], 0, options);
    }

    @Test
    void databaseRowRollsBackIfAnotherMessageHasTheDeduplicationKey() throws Exception {
        transactions.begin();
        Transaction transaction = transactions.getTransaction();
        transaction.enlistResource(names.named(resource));
        insert(transaction, "row");
        resource.current().orElseThrow().send(keyed("m1"));
        manager.operations().acknowledge(List.of(), List.of(keyed("m2"))).join();

        assertThatExceptionOfType(RollbackException.class).isThrownBy(transactions::commit);

        assertThat(rows()).isZero();
        assertThat(queue.ready()).isEqualTo(List.of("m2"));
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void redisAloneRollsBackIfAnotherMessageHasTheDeduplicationKey() throws Exception {
        Lease lease = claim("a");
        consuming(lease);
        resource.current().orElseThrow().send(keyed("m1"));
        manager.operations().acknowledge(List.of(), List.of(keyed("m2"))).join();

        assertThatExceptionOfType(RollbackException.class).isThrownBy(transactions::commit);

        assertThat(queue.ready()).isEqualTo(List.of("m2"));
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void redisAloneCommitsInOnePhaseWithOneCall() throws Exception {
        Lease lease = claim("a");
        consuming(lease);
        RedisXAResource connection = new RedisXAResource(manager);
        transactions.getTransaction().enlistResource(names.named(connection));
        connection.current().orElseThrow().send(new SendRequest(queue.name(), "b", new byte[0], 0));
        warmUp();
        long before = scriptCalls();

        transactions.commit();

        assertThat(scriptCalls() - before)
                .as("the acknowledgement and the message sent")
                .isEqualTo(1);
        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
    }

    @Test
    void redisAndADatabaseCommitInTwoPhases() throws Exception {
        Transaction transaction = consuming(claim("a"));
        insert(transaction, "a");
        send("b");
        warmUp();
        long before = scriptCalls();

        transactions.commit();

        assertThat(scriptCalls() - before).as("prepare and commit").isEqualTo(2);
        assertThat(rows()).isEqualTo(1);
        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
        assertThat(queue.prepared()).isEmpty();
        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
    }

    /** Lets Redis lose the branch of the current transaction when all resources are prepared. */
    private void loseBranch(Lease lease) {
        OtherResource.enlist(transactions, () -> {
            redis.call("DEL", queue.key("prepared"));
            redis.call("ZADD", queue.key("processing"), "60000000000000", "a " + lease.token());
        });
    }

    private void assertMessageIsDeliveredAgain() {
        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void databaseRollsBackIfRedisHasLostThePreparedBranchAndCommitsFirst() throws Exception {
        Lease lease = claim("a");
        Transaction transaction = consuming(lease);
        insert(transaction, "a");
        send("b");
        loseBranch(lease);

        assertThatExceptionOfType(RollbackException.class).isThrownBy(() -> transactions.commit());

        assertThat(rows()).isZero();
        assertMessageIsDeliveredAgain();
    }

    @Test
    void applicationLearnsThatRedisHasLostThePreparedBranchAfterTheDatabaseHasCommitted() throws Exception {
        Lease lease = claim("a");
        transactions.begin();
        Transaction transaction = transactions.getTransaction();
        insert(transaction, "a");
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        transaction.enlistResource(names.named(resource));
        loseBranch(lease);

        assertThatExceptionOfType(HeuristicMixedException.class).isThrownBy(() -> transactions.commit());

        assertThat(rows()).isEqualTo(1);
        assertMessageIsDeliveredAgain();
    }

    @Test
    void rollbackUndoesRedisAndDatabase() throws Exception {
        Lease lease = claim("a");
        Transaction transaction = consuming(lease);
        insert(transaction, "a");
        send("b");

        transactions.rollback();

        assertThat(rows()).isZero();
        assertThat(queue.processing()).isEqualTo(List.of("a " + lease.token()));
        assertThat(queue.exists("b")).isFalse();
        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
    }

    @Test
    void lostLeaseRollsTheDatabaseBack() throws Exception {
        Lease lease = claim("a");
        Transaction transaction = consuming(lease);
        insert(transaction, "a");
        redis.call("ZADD", queue.key("processing"), "XX", "1", "a " + lease.token());
        manager.operations()
                .claim(new ClaimRequest(queue.name(), 1, 60_000, 20, 1_000))
                .join();

        assertThatExceptionOfType(RollbackException.class).isThrownBy(() -> transactions.commit());
        assertThat(rows()).isZero();
        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void resourceThatRefusesToPrepareRollsRedisBack() throws Exception {
        Lease lease = claim("a");
        consuming(lease);
        send("b");
        OtherResource.enlist(transactions, OtherResource::refuse);

        assertThatExceptionOfType(RollbackException.class).isThrownBy(() -> transactions.commit());

        assertThat(queue.processing()).isEqualTo(List.of("a " + lease.token()));
        assertThat(queue.exists("b")).isFalse();
        assertThat(queue.prepared()).isEmpty();
        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
    }

    @Test
    void transactionMarkedForRollbackIsRolledBack() throws Exception {
        Transaction transaction = consuming(claim("a"));
        send("b");
        transaction.setRollbackOnly();
        assertThatExceptionOfType(RollbackException.class).isThrownBy(() -> transactions.commit());
        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.exists("b")).isFalse();
    }
}
