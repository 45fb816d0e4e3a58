// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A queue on the shared server whose user may call all commands, until the test denies some of them. */
final class RestrictedQueue implements AutoCloseable {

    private final TestRedis redis = TestRedis.shared();
    private final String user;
    private final RedisClient client;
    private final TestQueue queue;

    /** @param user name of the user, which no other test uses */
    RestrictedQueue(String user) {
        this.user = user;
        redis.call("ACL", "SETUSER", user, "on", ">secret", "~*", "+@all");
        TestProperties properties = TestProperties.of(redis);
        properties.setUser(user);
        properties.setPassword("secret");
        client = RedisClient.acquire(properties);
        queue = TestQueue.create(redis, TestQueue.operationsOf(client));
    }

    TestQueue queue() {
        return queue;
    }

    void deny(String command) {
        redis.call("ACL", "SETUSER", user, "-" + command);
    }

    void allow(String command) {
        redis.call("ACL", "SETUSER", user, "+" + command);
    }

    @Override
    public void close() {
        redis.call("ACL", "DELUSER", user);
        client.release();
    }
}
