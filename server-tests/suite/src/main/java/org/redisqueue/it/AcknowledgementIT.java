// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.ejb.MessageDrivenContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.RedisMessage;
import org.redisqueue.it.app.Listeners;
import org.redisqueue.it.app.Listeners.Delivery;
import org.redisqueue.it.app.Listeners.Script;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.app.UntransactedListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** The transaction of a delivery determines the outcome of its message. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.ONE_PHASE)
class AcknowledgementIT {

    private static final String SOON = "redeliveryDelay=50";

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming("acknowledgement.commit", ScriptedListener.class)
                .consuming("acknowledgement.rollback-only", ScriptedListener.class, SOON)
                .consuming("acknowledgement.exception", ScriptedListener.class, SOON)
                .consuming("acknowledgement.untransacted", UntransactedListener.class)
                .consuming("acknowledgement.untransacted-exception", UntransactedListener.class, SOON);
        return Archives.with(AcknowledgementIT.class, Archives.war(beans));
    }

    @Test
    void commitRemovesMessageAndProcessingEntry() {
        acknowledgedAfterTheListener("acknowledgement.commit");
    }

    @Test
    void setRollbackOnlyCausesRedelivery() {
        deliveredTwice("acknowledgement.rollback-only", (message, context) -> {
            if (!message.redelivered()) {
                context.setRollbackOnly();
            }
        });
    }

    @Test
    void runtimeExceptionCausesRedelivery() {
        deliveredTwice("acknowledgement.exception", AcknowledgementIT::failTheFirstTime);
    }

    @Test
    void messageWithoutATransactionIsAcknowledgedWhenTheListenerHasReturned() {
        acknowledgedAfterTheListener("acknowledgement.untransacted");
    }

    @Test
    void exceptionWithoutATransactionCausesRedelivery() {
        deliveredTwice("acknowledgement.untransacted-exception", AcknowledgementIT::failTheFirstTime);
    }

    private static void acknowledgedAfterTheListener(String name) {
        Queue queue = Redis.queue(name);
        List<String> meanwhile = new CopyOnWriteArrayList<>();
        Script listener = Listeners.on(queue, (message, context) -> meanwhile.addAll(queue.keys()));

        String id = queue.push("payload");

        await().until(() -> !queue.exists(id));
        assertThat(meanwhile).containsExactlyInAnyOrder(queue.key("message:" + id), queue.key("processing"));
        assertThat(queue.keys()).isEmpty();
        assertThat(listener.deliveries())
                .singleElement()
                .extracting(Delivery::message)
                .returns(id, RedisMessage::id)
                .returns(name, RedisMessage::queue)
                .returns("payload", RedisMessage::text)
                .returns(1, RedisMessage::deliveryCount)
                .returns(false, RedisMessage::redelivered);
    }

    private static void failTheFirstTime(RedisMessage message, MessageDrivenContext context) {
        if (!message.redelivered()) {
            throw new IllegalStateException("the first time");
        }
    }

    private static void deliveredTwice(String name, Listeners.Action action) {
        Queue queue = Redis.queue(name);
        Script listener = Listeners.on(queue, action);

        String id = queue.push("payload");

        await().until(() -> !queue.exists(id));
        assertThat(queue.keys()).isEmpty();
        assertThat(listener.deliveries()).extracting(Delivery::id).containsExactly(id, id);
        assertThat(listener.deliveries()).extracting(Delivery::count).containsExactly(1, 2);
        assertThat(listener.deliveries())
                .extracting(delivery -> delivery.message().redelivered())
                .containsExactly(false, true);
    }
}
