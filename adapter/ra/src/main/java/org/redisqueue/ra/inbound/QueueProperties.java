// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.config.Property;
import org.redisqueue.ra.protocol.QueueSetting;

/** The activation properties that concern the queue as a whole. None of them is required. */
public abstract class QueueProperties {

    @Property(
            description = "Name of the queue to consume.",
            pattern = QueueName.PATTERN,
            range = "1 to 200 characters from `A-Z a-z 0-9 . _ : -`, optionally after a hash tag such as `{shop}`")
    private @Nullable String queue;

    @Property(
            description =
                    "Name of the topic to bind the queue to. The queue then gets a copy of each message that is published to the topic, even while the listener is stopped. Applications that each need all messages of a topic use different queues.",
            pattern = TopicName.PATTERN,
            range = "1 to 200 characters from `A-Z a-z 0-9 . _ : -`")
    private @Nullable String topic;

    @Property(
            description =
                    "Maximum rate at which all servers together deliver the messages of the queue. It becomes a setting of the queue when the listener connects, unless the queue has this setting already.",
            pattern = QueueSetting.RATE_PATTERN,
            range = "1 to 1,000,000 per `s`, `min` or `h`, such as `100/s`")
    private @Nullable String rateLimit;

    @Property(
            description =
                    "Maximum number of messages of the queue that all servers together deliver at the same time. It becomes a setting of the queue when the listener connects, unless the queue has this setting already.",
            min = 1,
            max = 1000)
    private @Nullable Integer maxQueueConcurrency;

    @Property(
            description =
                    "Whether the messages of a group wait for a dead letter of their group, until it is requeued, deleted or moved, or continue after it, which is the default. It becomes a setting of the queue when the listener connects, unless the queue has this setting already.",
            pattern = QueueSetting.ON_DEAD_LETTER_PATTERN,
            range = "`continue` or `block`")
    private @Nullable String onDeadLetter;

    /** Returns the settings of the queue that are set, as they are stored in Redis. They must be valid. */
    Map<QueueSetting, String> queueSettings() {
        Map<QueueSetting, String> settings = new EnumMap<>(QueueSetting.class);
        if (rateLimit != null && !rateLimit.isEmpty()) {
            settings.put(QueueSetting.RATE_LIMIT, rateLimit);
        }
        if (maxQueueConcurrency != null) {
            settings.put(QueueSetting.MAX_QUEUE_CONCURRENCY, maxQueueConcurrency.toString());
        }
        if (onDeadLetter != null && !onDeadLetter.isEmpty()) {
            settings.put(QueueSetting.ON_DEAD_LETTER, onDeadLetter);
        }
        return settings;
    }

    public @Nullable String getQueue() {
        return queue;
    }

    public void setQueue(@Nullable String queue) {
        this.queue = queue;
    }

    public @Nullable String getTopic() {
        return topic;
    }

    public void setTopic(@Nullable String topic) {
        this.topic = topic;
    }

    public @Nullable String getRateLimit() {
        return rateLimit;
    }

    public void setRateLimit(@Nullable String rateLimit) {
        this.rateLimit = rateLimit;
    }

    public @Nullable Integer getMaxQueueConcurrency() {
        return maxQueueConcurrency;
    }

    public void setMaxQueueConcurrency(@Nullable Integer maxQueueConcurrency) {
        this.maxQueueConcurrency = maxQueueConcurrency;
    }

    public @Nullable String getOnDeadLetter() {
        return onDeadLetter;
    }

    public void setOnDeadLetter(@Nullable String onDeadLetter) {
        this.onDeadLetter = onDeadLetter;
    }
}
