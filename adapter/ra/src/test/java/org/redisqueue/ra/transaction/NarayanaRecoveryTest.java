// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.transaction.TransactionManager;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestNarayana;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** What a real transaction manager makes of a log that says less than Redis has done. */
class NarayanaRecoveryTest {

    private final TestRedis redis = TestRedis.start("--appendonly", "yes");
    private final ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
    private final ResourceManager other = ResourceManager.acquire(TestProperties.of(TestRedis.shared()));
    private final QueueProbe queue = QueueProbe.create(redis);
    private final NamedResources names = NamedResources.knownTo(this);
    private TestNarayana.Record log;

    @AfterEach
    void close() throws Exception {
        log.remove();
        manager.release();
        other.release();
        redis.close();
    }

    /** Commits in two phases; the server dies when Redis has committed, and before the log says so. */
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
    void what_redis_has_committed_leaves_the_log() throws Exception {
        commitAndDie();

        TestNarayana.recover(afterRestart());

        assertThat(log.exists()).isFalse();
    }

    @Test
    void it_stays_in_the_log_until_its_redis_was_asked() throws Exception {
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
    void without_a_name_it_stays_in_the_log() throws Exception {
        RedisXAResource resource = new RedisXAResource(manager);
        commitAndDie(resource, resource);

        TestNarayana.recover(new RedisXAResource(manager));

        assertThat(log.exists()).isTrue();
    }
}
