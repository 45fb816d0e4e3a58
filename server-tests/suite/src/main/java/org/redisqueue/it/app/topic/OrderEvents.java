// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.topic;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.it.app.Calls;

/** Listeners that publish to the topic, and one whose annotation binds its queue to it. */
@ApplicationScoped
public class OrderEvents {

    public static final String TOPIC = "topic.events";
    public static final String STATISTICS = "topic.statistics";
    public static final String PUBLISHING = "topic.publishing";
    public static final String RETURNING = "topic.returning";

    /** A body whose listener publishes it and then fails. */
    public static final String FAILS = "fails";

    @Inject
    @RedisTopic(TOPIC)
    private RedisTopicPublisher events;

    @RedisQueueListener(topic = TOPIC, queue = STATISTICS)
    void count(RedisMessage message) {
        Calls.record(STATISTICS, message.id(), message.text());
    }

    @RedisQueueListener(queue = PUBLISHING, properties = "maxDeliveries=1")
    void publish(String body) {
        Calls.record(PUBLISHING, events.publish(body), body);
        if (body.equals(FAILS)) {
            throw new IllegalStateException(body);
        }
    }

    @RedisQueueListener(queue = RETURNING)
    @PublishTo(TOPIC)
    String returnBody(String body) {
        return body;
    }
}
