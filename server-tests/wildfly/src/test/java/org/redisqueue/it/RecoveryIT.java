// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.CopyingListener;
import org.redisqueue.it.app.ObstructedListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.ra.testing.TestRedis;

/** Recovery of transactions whose transaction manager died between the two phases. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@RunAsClient
class RecoveryIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ContainerResource
    private ManagementClient management;

    private final Queue queue = new Queue(TestRedis.shared()::call, "recovery.orphan");
    private final Queue done = new Queue(TestRedis.shared()::call, "recovery.orphan.done");

    @Deployment(testable = false)
    static WebArchive application() {
        return Archives.war(Beans.of(Archives.STANDALONE)
                .consuming("recovery.orphan", CopyingListener.class)
                .consuming("recovery.committed", ObstructedListener.class));
    }

    @Test
    void preparedBranchUnknownToTheLogOfThisServerIsRolledBack() {
        String id = queue.push("payload");
        await().until(() -> !queue.exists(id));
        assertThat(done.bodies()).containsExactly("payload");
        done.keys().forEach(key -> done.call("DEL", key));

        restorePreparedState(done.key("staged:*"));
        restorePreparedState(queue.key("message:" + id));
        restorePreparedState(queue.key("processing"));
        assertThat(queue.processing()).containsValue("inf");
        assertThat(done.keys()).as("staged, not ready").hasSize(1);
        restorePreparedState(queue.key("prepared"));

        await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).as("sent only by the next delivery").containsExactly("payload");
        assertThat(done.keys()).as("one message, one list").hasSize(2);
    }

    @Test
    void branchCommittedInRedisLeavesTheTransactionLogAfterRecovery() {
        Queue committed = new Queue(TestRedis.shared()::call, "recovery.committed");
        Server server = new Server(management);
        Server.Log log = Server.log();

        committed.push("payload");
        await().atMost(PATIENCE).until(() -> !log.with("RQ-402", "commit").isEmpty());
        await().atMost(PATIENCE)
                .until(() -> !log.with("ARJUNA016027", "XAER_RMFAIL").isEmpty());
        await().atMost(PATIENCE).until(() -> !log.with("ARJUNA016038").isEmpty());
        assertThat(server.transactionLog())
                .as("while Redis does not list the prepared branches")
                .containsExactly("redis-queue:single:" + TestRedis.shared().address() + "/0/rq");

        committed.keys().forEach(key -> committed.call("DEL", key));

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> server.transactionLog().isEmpty());
    }

    private void restorePreparedState(String pattern) {
        for (String copy : queue.keysLike(CopyingListener.COPY + pattern)) {
            queue.call("RENAME", copy, copy.substring(CopyingListener.COPY.length()));
        }
    }
}
