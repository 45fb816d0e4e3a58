// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.transaction.TransactionManager;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestNarayana;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Recovery by a real transaction manager whose log is behind Redis. */
class NarayanaRecoveryTest {

    private final TestRedis redis = TestRedis.start("--appendonly", "yes");
    private final ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
    private final ResourceManager other = ResourceManager.acquire(TestProperties.of(TestRedis.shared()));
    private final QueueProbe queue = QueueProbe.create(redis);
    private final NamedResources names = NamedResources.of(this);
    private TestNarayana.Record log;

    @AfterEach
    void close() throws Exception {
        log.remove();
        manager.release();
        other.release();
        redis.close();
    }

    /** Commits in two phases; the server dies after Redis has committed and before this is logged. */
    private void commitAndDie(XAResource enlisted, RedisXAResource resource) throws Exception {
        TransactionManager transactions = TestNarayana.transactionManager();
        Lease lease = claim();
        transactions.begin();
        log = TestNarayana.Record.ofCurrent();
        transactions.getTransaction().enlistResource(enlisted);
        resource.current().orElseThrow().consume(new Consumption() {

            @Override
            public Lease lease() {
                return lease;
            }

            @Override
            public void committed() {
                log.copy();
            }
        });
        transactions.getTransaction().enlistResource(new RedisXAResource(other));
        transactions.commit();
        assertThat(queue.isGone()).isTrue();
        assertThat(log.exists()).isFalse();
        log.putBack();
    }

    private Lease claim() {
        queue.push("a", "value");
        return manager.operations()
                .claim(new ClaimRequest(queue.name(), 1, 60_000, 20, 1_000))
                .join()
                .messages()
                .get(0)
                .lease();
    }

    private void commitAndDie() throws Exception {
        RedisXAResource resource = new RedisXAResource(manager);
        commitAndDie(names.named(resource), resource);
    }

    private XAResource afterRestart() {
        return names.named(new RedisXAResource(manager));
    }

    @Test
    void branchThatRedisHasCommittedLeavesTheLog() throws Exception {
        commitAndDie();

        TestNarayana.recover(afterRestart());

        assertThat(log.exists()).isFalse();
    }

    @Test
    void branchStaysInTheLogUntilItsRedisWasAsked() throws Exception {
        commitAndDie();

        TestNarayana.recover();
        assertThat(log.exists()).as("nobody was asked").isTrue();
        TestNarayana.recover(names.named(new RedisXAResource(other)));
        assertThat(log.exists()).as("another Redis was asked").isTrue();
        redis.kill();
        TestNarayana.recover(afterRestart());
        assertThat(log.exists()).as("Redis did not answer").isTrue();
        redis.restart();
        TestNarayana.recover(afterRestart());
        assertThat(log.exists()).as("Redis has answered").isFalse();
    }

    @Test
    void branchWithoutANameStaysInTheLog() throws Exception {
        RedisXAResource resource = new RedisXAResource(manager);
        commitAndDie(resource, resource);

        TestNarayana.recover(new RedisXAResource(manager));

        assertThat(log.exists()).isTrue();
    }

    private void breakAnotherQueue() {
        redis.call("SADD", "rq:queues", "broken");
        redis.call("SET", "rq:{broken}:prepared", "no hash");
    }

    private void repairQueue() {
        redis.call("DEL", "rq:{broken}:prepared");
    }

    @Test
    void nothingLeavesTheLogWhileTheBranchesOfAQueueCannotBeListed() throws Exception {
        commitAndDie();
        breakAnotherQueue();

        TestNarayana.recover(afterRestart());
        TestNarayana.recover(afterRestart());
        assertThat(log.exists()).as("it may be prepared in the queue").isTrue();
        repairQueue();
        TestNarayana.recover(afterRestart());
        assertThat(log.exists()).as("the queue can be read").isFalse();
    }

    @Test
    void transactionsThatBeginMeanwhileHaveANameInTheLog() throws Exception {
        breakAnotherQueue();
        manager.recover();
        assertThat(manager.listsAllBranches()).isFalse();

        commitAndDie();
        repairQueue();
        TestNarayana.recover(afterRestart());
        TestNarayana.recover(afterRestart());

        assertThat(log.exists()).isFalse();
    }

    @Test
    void branchThatWasDecidedIsCommittedWhileAnotherQueueCannotBeListed() throws Exception {
        TransactionManager transactions = TestNarayana.transactionManager();
        RedisXAResource resource = new RedisXAResource(manager);
        Lease lease = claim();
        transactions.begin();
        log = TestNarayana.Record.ofCurrent();
        transactions.getTransaction().enlistResource(new Dying(names.named(resource)));
        resource.current().orElseThrow().consume(() -> lease);
        transactions.getTransaction().enlistResource(new RedisXAResource(other));
        transactions.commit();
        assertThat(queue.prepared()).hasSize(1);
        breakAnotherQueue();
        TestProperties properties = TestProperties.of(redis);
        properties.setClientName("restarted");
        ResourceManager restarted = ResourceManager.acquire(properties);

        TestNarayana.recover(names.named(new RedisXAResource(restarted)));
        TestNarayana.recover(names.named(new RedisXAResource(restarted)));

        assertThat(queue.isGone()).isTrue();
        assertThat(log.exists()).isFalse();
        restarted.release();
    }

    /** A resource whose server dies just before the commit. */
    private record Dying(XAResource prepared) implements XAResourceWrapper {

        @Override
        public void commit(Xid id, boolean onePhase) throws XAException {
            throw new XAException(XAException.XA_RETRY);
        }

        @Override
        public XAResource getResource() {
            return prepared;
        }

        @Override
        public String getProductName() {
            return ResourceManager.PRODUCT;
        }

        @Override
        public String getProductVersion() {
            return ResourceManager.PRODUCT_VERSION;
        }

        @Override
        public String getJndiName() {
            return ((XAResourceWrapper) prepared).getJndiName();
        }

        @Override
        public void start(Xid id, int flags) throws XAException {
            prepared.start(id, flags);
        }

        @Override
        public void end(Xid id, int flags) throws XAException {
            prepared.end(id, flags);
        }

        @Override
        public int prepare(Xid id) throws XAException {
            return prepared.prepare(id);
        }

        @Override
        public void rollback(Xid id) throws XAException {
            prepared.rollback(id);
        }

        @Override
        public Xid[] recover(int flags) {
            return new Xid[0];
        }

        @Override
        public void forget(Xid id) throws XAException {
            prepared.forget(id);
        }

        @Override
        public boolean isSameRM(XAResource resource) throws XAException {
            return prepared.isSameRM(resource);
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }
}
