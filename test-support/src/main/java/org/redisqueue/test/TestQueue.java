// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AssertProvider;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.test.internal.state.QueueSource;
import org.redisqueue.test.internal.state.QueuedMessage;

/**
 * A queue under test. Pass it to AssertJ's {@code assertThat} to get the assertions of {@link QueueAssert}.
 *
 * @see InMemoryQueues#queue
 */
public final class TestQueue implements AssertProvider<QueueAssert> {

    private final QueueSource source;
    private final Duration timeout;

    /** @param timeout how long assertions wait by default, after {@link QueueAssert#eventually} */
    TestQueue(QueueSource source, Duration timeout) {
        this.source = source;
        this.timeout = timeout;
    }

    /** {@return the name of the queue} */
    public String name() {
        return source.name();
    }

    /**
     * Returns the messages that are not dead letters: those that are ready, in the order of their delivery, then those
     * that are being delivered or wait for their redelivery.
     *
     * @return the messages, each as its current or next delivery shows it
     */
    public List<RedisMessage> messages() {
        return source.messages().stream()
                .filter(queued -> queued.place() != Place.DEAD)
                .map(QueuedMessage::message)
                .toList();
    }

    /**
     * Returns the messages of the dead letters, the most recent first.
     *
     * @return the messages, each as its last delivery showed it
     */
    public List<RedisMessage> deadLetters() {
        return source.messages().stream()
                .filter(queued -> queued.place() == Place.DEAD)
                .map(QueuedMessage::message)
                .toList();
    }

    QueueSource source() {
        return source;
    }

    Duration timeout() {
        return timeout;
    }

    /**
     * Called by AssertJ's {@code assertThat}.
     *
     * @return the assertions
     */
    @Override
    public QueueAssert assertThat() {
        return new QueueAssert(this);
    }

    @Override
    public String toString() {
        return "queue '" + name() + "'";
    }
}
