// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.result;
import static org.redisqueue.ra.protocol.TestQueue.texts;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Bindings of queues to topics. */
class TopicTest {

    private final TestQueue queue = TestQueue.create();
    private final TestQueue other = TestQueue.create();
    private final TopicOperations topics = queue.operations().topics();
    private final UnroutedMessages unrouted = queue.operations().unrouted();
    private final String topic = "topic." + UUID.randomUUID();

    private boolean bind(TestQueue bound) {
        return result(topics.bind(topic, bound.name));
    }

    private boolean unbind(String name) {
        return result(topics.unbind(topic, name));
    }

    private List<String> queues() {
        return result(topics.queues(topic));
    }

    private String bindings() {
        return "rq:{" + topic + "}:bindings";
    }

    private boolean isMember(String set, String name) {
        return queue.call("SISMEMBER", set, name).equals(1L);
    }

    @Test
    void topicHasTheQueuesThatAreBoundToIt() {
        assertThat(queues()).isEmpty();

        assertThat(bind(queue)).isTrue();
        assertThat(bind(other)).isTrue();

        assertThat(queues()).containsExactlyInAnyOrder(queue.name, other.name).isSorted();
        assertThat(result(topics.topics())).contains(topic);
    }

    @Test
    void boundQueueIsRegistered() {
        bind(queue);

        assertThat(isMember("rq:queues", queue.name)).isTrue();
    }

    @Test
    void bindingAgainHasNoEffect() {
        bind(queue);

        assertThat(bind(queue)).isFalse();
        assertThat(queues()).containsExactly(queue.name);
    }

    @Test
    void topicIsListedAsLongAsAQueueIsBoundToIt() {
        bind(queue);
        bind(other);

        assertThat(unbind(queue.name)).isTrue();
        assertThat(queues()).containsExactly(other.name);
        assertThat(isMember("rq:topics", topic)).isTrue();

        assertThat(unbind(other.name)).isTrue();
        assertThat(queues()).isEmpty();
        assertThat(isMember("rq:topics", topic)).isFalse();
        assertThat(queue.call("EXISTS", bindings())).isEqualTo(0L);
    }

    @Test
    void unbindingAQueueThatIsNotBoundHasNoEffect() {
        bind(queue);

        assertThat(unbind(other.name)).isFalse();
        assertThat(queues()).containsExactly(queue.name);
        assertThat(isMember("rq:topics", topic)).isTrue();
    }

    @Test
    void topicMayHaveTheNameOfAQueue() {
        result(topics.bind(queue.name, other.name));
        queue.send("m1");

        assertThat(result(topics.queues(queue.name))).containsExactly(other.name);
        assertThat(queue.ready()).containsExactly("m1");
        assertThat(other.ready()).isEmpty();
        result(topics.unbind(queue.name, other.name));
    }

    @Test
    void namesThatAreNoQueuesAreLeftOutAndCanBeUnbound() {
        queue.call("SADD", bindings(), "not a queue", "", queue.name);

        assertThat(queues()).containsExactly(queue.name);
        assertThat(result(topics.bindings(topic))).containsExactlyInAnyOrder("not a queue", queue.name);
        assertThat(unbind("not a queue")).isTrue();
        assertThat(texts(queue.call("SMEMBERS", bindings()))).containsExactly(queue.name);
    }

    @Test
    void documentedCommandsBindAQueue() {
        queue.call("SADD", bindings(), queue.name);
        queue.call("SADD", "rq:topics", topic);

        assertThat(queues()).containsExactly(queue.name);
        assertThat(unbind(queue.name)).isTrue();
        assertThat(isMember("rq:topics", topic)).isFalse();
    }

    @Test
    void bindingsThatAreNoSetAreAnError() {
        queue.call("SET", bindings(), "no set");

        assertThatThrownBy(this::queues).isInstanceOf(RedisCallException.class).hasMessageContaining("WRONGTYPE");
        assertThatThrownBy(() -> bind(queue)).isInstanceOf(RedisCallException.class);
        assertThat(isMember("rq:topics", topic)).isFalse();
        assertThat(isMember("rq:queues", queue.name)).isFalse();
        queue.call("DEL", bindings());
    }

    @Test
    void changeByThisProcessTakesEffectAtOnceForAllUsersOfTheClient() {
        RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
        try {
            TopicOperations users = TestQueue.operationsOf(client).topics();
            assertThat(result(users.queues(topic))).isEmpty();
            result(TestQueue.operationsOf(client).topics().bind(topic, queue.name));

            assertThat(result(users.queues(topic))).containsExactly(queue.name);
        } finally {
            client.release();
        }
    }

    @Test
    void topicWithoutBindingsIsReportedOnceUntilItHasBindings() {
        long before = unrouted.count();
        try (CapturedLog log = new CapturedLog()) {
            unrouted.add(topic, 1);
            unrouted.add(topic, 2);
            assertThat(log.lines().stream().filter(line -> line.contains(topic)))
                    .containsExactly("RQ-415 Topic '" + topic
                            + "': a message was published, but no queue is bound to the topic, so the message was not"
                            + " sent.");
            unrouted.routed(topic);
            unrouted.add(topic, 1);
            assertThat(log.lines().stream().filter(line -> line.contains(topic)))
                    .hasSize(2);
        }
        assertThat(unrouted.count()).isEqualTo(before + 4);
    }

    @Test
    void removingInvalidNamesKeepsQueuesWithAHashTag() {
        String tagged = "{shop}." + queue.name;
        assertThat(result(topics.bind(topic, tagged))).isTrue();
        queue.call("SADD", "rq:{" + topic + "}:bindings", "not a queue", "{shop}", "{a b}.c", "a}b");

        assertThat(unbind("")).isTrue();

        assertThat(result(topics.bindings(topic))).containsExactly(tagged);
        unbind(tagged);
    }
}
