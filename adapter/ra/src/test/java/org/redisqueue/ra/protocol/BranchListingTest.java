// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Listing the prepared branches of many queues, some of which cannot be read. */
class BranchListingTest {

    private final TestRedis redis = TestRedis.start();
    private final List<RedisClient> clients = new ArrayList<>();
    private final QueueOperations operations = operations(TestProperties.of(redis));
    private final TestQueue queue = TestQueue.create(redis, operations);

    @AfterEach
    void close() {
        clients.forEach(RedisClient::release);
        redis.close();
    }

    private QueueOperations operations(TestProperties properties) {
        RedisClient client = RedisClient.acquire(properties);
        clients.add(client);
        return TestQueue.operationsOf(client);
    }

    @Test
    void queueWithAKeyOfTheWrongTypeDoesNotAffectOthers() {
        queue.prepare("b1", List.of(), queue.message("m1"));
        redis.call("SADD", "rq:queues", "broken");
        redis.call("SET", "rq:{broken}:prepared", "no hash");

        BranchListingResult found = result(operations.recover());

        assertThat(found.homes()).containsExactly(entry("b1", Set.of(queue.name)));
        assertThat(found.isComplete()).isFalse();
        assertThat(found.unreadable()).containsOnlyKeys("broken");
        assertThat(found.unreadable().get("broken")).hasMessageContaining("WRONGTYPE");
    }

    @Test
    void unreadableQueueDoesNotAffectOthers() {
        queue.prepare("b1", List.of(), queue.message("m1"));
        redis.call("SADD", "rq:queues", "foreign");
        redis.call("HSET", "rq:{foreign}:prepared", "b2", "{}");
        redis.call("ACL", "SETUSER", "shop", "on", ">secret", "+@all", "~rq:queues", "~rq:{" + queue.name + "}:*");
        TestProperties properties = TestProperties.of(redis);
        properties.setUser("shop");
        properties.setPassword("secret");

        BranchListingResult found = result(operations(properties).recover());

        assertThat(found.homes()).containsExactly(entry("b1", Set.of(queue.name)));
        assertThat(found.unreadable()).containsOnlyKeys("foreign");
    }

    @Test
    void listingFailsIfTheUserMayNotReadAnyQueue() {
        queue.prepare("b1", List.of(), queue.message("m1"));
        redis.call("ACL", "SETUSER", "shop", "on", ">secret", "+@all", "-hkeys", "~*");
        TestProperties properties = TestProperties.of(redis);
        properties.setUser("shop");
        properties.setPassword("secret");

        assertThatThrownBy(() -> result(operations(properties).recover())).isInstanceOf(RedisCallException.class);
    }

    @Test
    void twentyThousandQueuesAreListed() {
        queue.prepare("b1", List.of(), queue.message("m1"));
        List<Object[]> commands = new ArrayList<>();
        IntStream.range(0, 20_000).forEach(i -> commands.add(new Object[] {"SADD", "rq:queues", "q" + i}));
        redis.callAll(commands);

        BranchListingResult found = result(operations.recover());

        assertThat(found.queues()).hasSize(20_001);
        assertThat(found.homes()).containsExactly(entry("b1", Set.of(queue.name)));
        assertThat(found.isComplete()).isTrue();
    }

    @Test
    void branchOfTwoQueuesIsFoundInBoth() {
        TestQueue other = TestQueue.create(redis, operations);
        queue.prepare("b1", List.of(), queue.message("m1"));
        other.prepare("b1", List.of(), other.message("m1"));

        assertThat(result(operations.recover()).homes()).containsExactly(entry("b1", Set.of(queue.name, other.name)));
    }

    @Test
    void emptyQueuesAreReportedAndDropped() {
        queue.send("m1");
        result(operations.register(queue.name));
        redis.call("SADD", "rq:queues", "unused");
        redis.call("SADD", "rq:queues", "paused");
        redis.call("SET", "rq:{paused}:paused", "");

        assertThat(result(operations.recover()).unused()).containsExactly("unused");
        assertThat(result(operations.unregister(List.of("unused", "paused", queue.name))))
                .isEqualTo(1);

        assertThat(TestQueue.texts(redis.call("SMEMBERS", "rq:queues")))
                .containsExactlyInAnyOrder("paused", queue.name);
    }
}
