// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.DeadLetter;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Listeners;
import org.redisqueue.it.app.Listeners.Delivery;
import org.redisqueue.it.app.Listeners.Script;
import org.redisqueue.it.app.Order;
import org.redisqueue.it.app.OrderListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.RefusingEndpoint;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** A message that cannot be delivered becomes a dead letter with its reason, and does not block the queue. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.REASONS)
class DeadLetterIT {

    private static final int DELAY_MILLIS = 200;

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming(
                        "dead-letter.failing",
                        ScriptedListener.class,
                        "maxDeliveries=3",
                        "redeliveryDelay=" + DELAY_MILLIS,
                        "redeliveryMultiplier=2")
                .consuming("dead-letter.rollback-only", ScriptedListener.class, "maxDeliveries=1")
                .consuming("dead-letter.method", RefusingEndpoint.class, "maxDeliveries=1")
                .consuming("dead-letter.no-payload", ScriptedListener.class)
                .consuming("dead-letter.other-type", ScriptedListener.class)
                .consuming("dead-letter.malformed", ScriptedListener.class)
                .consuming("dead-letter.too-large", ScriptedListener.class)
                .consuming("dead-letter.bad-id", ScriptedListener.class)
                .consuming("dead-letter.not-json", OrderListener.class)
                .consuming("dead-letter.blocking", ScriptedListener.class, "maxDeliveries=1", "onDeadLetter=block");
        return Archives.with(DeadLetterIT.class, Archives.war(beans));
    }

    @Test
    void failingMessageIsRedeliveredWithGrowingDelayAndThenDeadLetteredWithItsException() {
        Queue queue = Redis.queue("dead-letter.failing");
        Script listener = Listeners.on(queue, (message, context) -> {
            if (message.text().equals("bad")) {
                throw new UnsupportedOperationException("no such article");
            }
        });

        String id = queue.push("bad");

        await().until(() -> {
            queue.push("good"); // other messages do not shorten its redelivery delay
            return !queue.dead().isEmpty();
        });
        await().until(() -> queue.ready().isEmpty() && queue.processing().isEmpty());
        assertDeadLettered(queue, id, "java.lang.UnsupportedOperationException: no such article", 3);
        List<Delivery> failures = listener.deliveries().stream()
                .filter(delivery -> delivery.id().equals(id))
                .toList();
        assertThat(failures).extracting(Delivery::count).containsExactly(1, 2, 3);
        assertThat(pause(failures, 0)).isGreaterThanOrEqualTo(Duration.ofMillis(DELAY_MILLIS));
        assertThat(pause(failures, 1)).isGreaterThanOrEqualTo(Duration.ofMillis(2 * DELAY_MILLIS));
    }

    @Test
    void rollbackWithoutExceptionIsReportedAsSuch() {
        Queue queue = Redis.queue("dead-letter.rollback-only");
        Listeners.on(queue, (message, context) -> {
            if (message.text().equals("bad")) {
                context.setRollbackOnly();
            }
        });

        String id = queue.push("bad");

        assertDeadLettered(queue, id, "rolled back without an exception", 1);
        assertDeliveryContinues(queue);
    }

    @Test
    void messageRejectedByAnAnnotatedMethodIsDeadLetteredWithItsException() {
        Queue queue = Redis.queue("dead-letter.method");

        String id = queue.push("tea");

        assertDeadLettered(queue, id, "java.lang.UnsupportedOperationException: no tea", 1);
        assertDeliveryContinues(queue);
    }

    @Test
    void idWithoutABodyIsDropped() {
        Queue queue = Redis.queue("dead-letter.no-payload");
        Script listener = Listeners.accepting(queue);

        queue.call("LPUSH", queue.key("ready"), "nothing-stored-under-this");

        await().until(() -> queue.keys().isEmpty());
        assertThat(listener.deliveries()).isEmpty();
        assertDeliveryContinues(queue);
    }

    @Test
    void valueOfTheWrongTypeIsDeadLettered() {
        Queue queue = Redis.queue("dead-letter.other-type");
        queue.call("RPUSH", queue.key("message:list"), "a", "b");

        queue.call("LPUSH", queue.key("ready"), "list");

        assertDeadLettered(queue, "list", "holds a list instead of a string", 0);
        assertDeliveryContinues(queue);
    }

    @Test
    void malformedHeaderIsDeadLettered() {
        Queue queue = Redis.queue("dead-letter.malformed");

        String id = queue.push("RQ/1\r\nno colon here\r\n\r\nbody");

        assertDeadLettered(queue, id, "Malformed header in line 2", 1);
        assertDeliveryContinues(queue);
    }

    @Test
    void bodyOverTheLimitIsDeadLettered() {
        Queue queue = Redis.queue("dead-letter.too-large");

        String id = queue.push(new byte[20_000_000]);

        assertDeadLettered(queue, id, "20000000 bytes, but maxMessageSize is", 0);
        assertThat(queue.call("STRLEN", queue.key("message:" + id)))
                .as("the body is kept")
                .isEqualTo(20_000_000L);
        assertDeliveryContinues(queue);
    }

    @Test
    void invalidIdIsDeadLettered() {
        Queue queue = Redis.queue("dead-letter.bad-id");

        queue.push("with a space", "payload");

        assertDeadLettered(queue, "with a space", "printable ASCII characters without spaces", 0);
        assertDeliveryContinues(queue);
    }

    @Test
    void unexpectedJsonIsDeadLettered() {
        Queue queue = Redis.queue("dead-letter.not-json");

        String id = queue.push("<order/>");

        assertDeadLettered(queue, id, "cannot be deserialized from JSON as " + Order.class.getName(), 1);
        assertDeliveryContinues(queue, "{\"article\": \"teapot\", \"quantity\": 1}");
    }

    @Test
    void groupWaitsForItsDeadLetterIfItsQueueBlocks() {
        Queue queue = Redis.queue("dead-letter.blocking");
        Script listener = Listeners.on(queue, (message, context) -> {
            if (message.text().equals("bad")) {
                throw new UnsupportedOperationException("no such article");
            }
        });
        for (String body : List.of("bad", "waits")) {
            Connections.send(queue, OutgoingMessage.of(body).group("customer-17"));
        }
        await().until(() -> queue.dead().size() == 1);
        assertDeliveryContinues(queue); // for messages of no group

        assertThat(listener.deliveries())
                .extracting(delivery -> delivery.message().text())
                .containsExactly("bad", "good");
        assertThat(queue.call("ZCARD", queue.key("waiting"))).isEqualTo(1L);

        queue.call("HSET", queue.key("settings"), "onDeadLetter", "continue");
        Connections.send(queue, OutgoingMessage.of("last").group("customer-17"));

        await().untilAsserted(() -> assertThat(listener.deliveries())
                .extracting(delivery -> delivery.message().text())
                .containsExactly("bad", "good", "waits", "last"));
    }

    private static void assertDeadLettered(Queue queue, String id, String reason, int deliveries) {
        await().untilAsserted(() -> assertThat(queue.dead()).containsExactly(id));
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.ready()).isEmpty();
        try (RedisQueueConnection connection = Connections.open()) {
            List<DeadLetter> letters = connection.deadLetters(queue.name(), 10);
            assertThat(letters)
                    .singleElement()
                    .returns(id, DeadLetter::id)
                    .returns(deliveries, DeadLetter::deliveries)
                    .satisfies(letter -> assertThat(letter.reason()).contains(reason));
        }
    }

    private static void assertDeliveryContinues(Queue queue) {
        assertDeliveryContinues(queue, "good");
    }

    private static void assertDeliveryContinues(Queue queue, String body) {
        List<String> dead = queue.dead();
        String good = queue.push(body);
        await().until(() -> !queue.exists(good));
        assertThat(queue.dead()).isEqualTo(dead);
    }

    private static Duration pause(List<Delivery> deliveries, int after) {
        return Duration.ofNanos(
                deliveries.get(after + 1).nanos() - deliveries.get(after).nanos());
    }
}
