// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ServerSetup;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.CopyingListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.StandaloneAdapter;
import org.redisqueue.ra.testing.TestRedis;

/** What a transaction manager that died between two phases leaves behind. */
@ExtendWith(ArquillianExtension.class)
@ServerSetup(StandaloneAdapter.class)
@RunAsClient
class RecoveryIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue queue = new Queue(TestRedis.shared()::call, "recovery.orphan");
    private final Queue done = new Queue(TestRedis.shared()::call, "recovery.orphan.done");

    @Deployment(testable = false)
    static WebArchive application() {
        return Archives.war(Beans.of(Archives.STANDALONE).consuming("recovery.orphan", CopyingListener.class));
    }

    @Test
    void a_prepared_branch_of_this_server_that_its_log_does_not_know_is_rolled_back() {
        String id = queue.push("payload");
        await().until(() -> !queue.exists(id));
        assertThat(done.bodies()).containsExactly("payload");
        done.keys().forEach(key -> done.call("DEL", key));

        putBackAsItWasWhenPrepared(done.key("staged:*"));
        putBackAsItWasWhenPrepared(queue.key("message:" + id));
        putBackAsItWasWhenPrepared(queue.key("processing"));
        assertThat(queue.processing()).containsValue("inf");
        assertThat(done.keys()).as("stored to be sent, and not to be seen").hasSize(1);
        putBackAsItWasWhenPrepared(queue.key("prepared"));

        await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).as("sent by the next delivery alone").containsExactly("payload");
        assertThat(done.keys()).as("one message, one list").hasSize(2);
    }

    private void putBackAsItWasWhenPrepared(String pattern) {
        for (String copy : queue.keysLike(CopyingListener.COPY + pattern)) {
            queue.call("RENAME", copy, copy.substring(CopyingListener.COPY.length()));
        }
    }
}
