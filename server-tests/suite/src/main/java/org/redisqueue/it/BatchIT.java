// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Database;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.batch.BatchBean;
import org.redisqueue.it.app.batch.BatchMethod;
import org.redisqueue.it.app.batch.BookedRows;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** Listeners that receive several messages in one transaction with the database. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.LISTENER_INTERFACE)
class BatchIT {

    private static final String BEAN_QUEUE = "batch.bean";

    private final String row = UUID.randomUUID().toString();

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming(
                        BEAN_QUEUE,
                        BatchBean.class,
                        "batch=" + BatchMethod.BATCH,
                        "batchWait=60000",
                        "maxDeliveries=1");
        return Archives.with(BatchIT.class, Archives.withCdi(Archives.war(beans)))
                .addPackage(BatchBean.class.getPackage())
                .addAsLibrary(Archives.CDI_EXTENSION);
    }

    @BeforeEach
    void createTable() throws SQLException {
        Database.create();
    }

    @Test
    void messageDrivenBeanReceivesBatches() throws SQLException {
        oneTransactionCoversABatchAndPoisonIsTheOnlyDeadLetter(BEAN_QUEUE);
    }

    @Test
    @Shows(Capability.CDI)
    void methodOfACdiBeanReceivesBatches() throws SQLException {
        oneTransactionCoversABatchAndPoisonIsTheOnlyDeadLetter(BatchMethod.QUEUE);
    }

    private void oneTransactionCoversABatchAndPoisonIsTheOnlyDeadLetter(String name) throws SQLException {
        Queue queue = Redis.queue(name);
        List<String> accepted = bodies("accepted " + name);
        accepted.forEach(body -> Connections.send(queue, body));
        await().until(() -> queue.keys().isEmpty());

        assertThat(Calls.of(name)).hasSize(1);
        assertThat(Calls.of(name).get(0)).containsExactlyInAnyOrderElementsOf(accepted);
        await("the rows, which may be committed after the messages")
                .untilAsserted(() -> assertThat(present(accepted)).isEqualTo(accepted));

        List<String> others = bodies("other " + name);
        String poison = BookedRows.POISON + others.remove(BatchMethod.BATCH / 2);
        others.subList(0, BatchMethod.BATCH / 2).forEach(body -> Connections.send(queue, body));
        String poisoned = Connections.send(queue, poison);
        others.subList(BatchMethod.BATCH / 2, others.size()).forEach(body -> Connections.send(queue, body));
        await().until(() -> queue.dead().size() == 1 && queue.processing().isEmpty());

        assertThat(queue.dead()).containsExactly(poisoned);
        assertThat(Calls.of(name))
                .hasSize(2 + BatchMethod.BATCH)
                .extracting(List::size)
                .startsWith(50, 50, 1);
        await().untilAsserted(() -> assertThat(present(others)).hasSize(49).isEqualTo(others));
        assertThat(Database.contains(poison)).isFalse();
        queue.keys().forEach(key -> queue.call("UNLINK", key));
    }

    private List<String> bodies(String prefix) {
        return IntStream.range(0, BatchMethod.BATCH)
                .mapToObj(i -> prefix + " " + i + " " + row)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> present(List<String> bodies) throws SQLException {
        List<String> present = new ArrayList<>();
        for (String body : bodies) {
            if (Database.contains(body)) {
                present.add(body);
            }
        }
        return present;
    }
}
