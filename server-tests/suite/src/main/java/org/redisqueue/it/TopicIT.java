// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.topic.BillingBean;
import org.redisqueue.it.app.topic.OrderEvents;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** Messages that are published to a topic arrive in all queues that are bound to it. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.CDI)
class TopicIT {

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming(BillingBean.QUEUE, BillingBean.class, "topic=" + OrderEvents.TOPIC);
        return Archives.with(TopicIT.class, Archives.withCdi(Archives.war(beans)))
                .addPackage(BillingBean.class.getPackage())
                .addAsLibrary(Archives.CDI_EXTENSION);
    }

    @BeforeEach
    void waitForTheBindings() {
        Queue topic = Redis.queue(OrderEvents.TOPIC);
        await().until(() -> (List<?>) topic.call("SMEMBERS", topic.key("bindings")), bound -> bound.size() == 2);
        for (String queue : List.of(BillingBean.QUEUE, OrderEvents.STATISTICS, OrderEvents.PUBLISHING)) {
            Calls.of(queue).clear();
        }
    }

    @Test
    void publishedMessageArrivesInEachQueue() {
        Connections.send(Redis.queue(OrderEvents.PUBLISHING), "published");
        await().until(() -> Calls.of(BillingBean.QUEUE).size() == 1
                && Calls.of(OrderEvents.STATISTICS).size() == 1);

        assertThat(Calls.of(OrderEvents.PUBLISHING)).hasSize(1);
        List<Object> published = Calls.of(OrderEvents.PUBLISHING).get(0);
        assertThat(Calls.of(BillingBean.QUEUE)).containsExactly(published);
        assertThat(Calls.of(OrderEvents.STATISTICS)).containsExactly(published);
    }

    @Test
    void resultOfAListenerIsPublished() {
        Connections.send(Redis.queue(OrderEvents.RETURNING), "returned");
        await().until(() -> Calls.of(BillingBean.QUEUE).size() == 1
                && Calls.of(OrderEvents.STATISTICS).size() == 1);

        assertThat(Calls.of(BillingBean.QUEUE).get(0)).element(1).isEqualTo("returned");
        assertThat(Calls.of(OrderEvents.STATISTICS)).isEqualTo(Calls.of(BillingBean.QUEUE));
    }

    @Test
    void nothingIsPublishedIfTheListenerFails() {
        Queue queue = Redis.queue(OrderEvents.PUBLISHING);
        Connections.send(queue, OrderEvents.FAILS);
        await().until(() -> queue.dead().size() == 1);
        Connections.send(queue, "later");
        await().until(() -> Calls.of(BillingBean.QUEUE).size() == 1
                && Calls.of(OrderEvents.STATISTICS).size() == 1);

        assertThat(Calls.of(BillingBean.QUEUE).get(0)).element(1).isEqualTo("later");
        assertThat(Calls.of(OrderEvents.STATISTICS)).isEqualTo(Calls.of(BillingBean.QUEUE));
        queue.keys().forEach(key -> queue.call("UNLINK", key));
    }
}
