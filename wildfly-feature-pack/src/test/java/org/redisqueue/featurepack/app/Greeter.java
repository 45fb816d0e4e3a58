// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.featurepack.app;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Sends a message when the application starts. */
@Startup
@Singleton
public class Greeter {

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory queues;

    @PostConstruct
    void greet() {
        try (RedisQueueConnection connection = queues.createConnection()) {
            connection.send(GreetingListener.QUEUE, GreetingListener.GREETING);
        }
    }
}
