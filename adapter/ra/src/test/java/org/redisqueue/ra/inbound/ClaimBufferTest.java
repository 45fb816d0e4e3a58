// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.StoredMessage;

class ClaimBufferTest {

    private final ClaimBuffer buffer = new ClaimBuffer();
    private final long now = System.nanoTime();
    private final ClaimedMessage first = StoredMessage.leased("a", 10);
    private final ClaimedMessage second = StoredMessage.leased("b", 5);

    @Test
    void returnsMessagesInTheOrderOfTheClaim() {
        buffer.add(List.of(first));
        buffer.add(List.of(second));

        assertThat(buffer.poll(now)).isSameAs(first);
        assertThat(buffer.poll(now)).isSameAs(second);
        assertThat(buffer.poll(now)).isNull();
    }

    @Test
    void countsMessagesAndBytes() {
        buffer.add(List.of(first, second));
        assertThat(buffer.size()).isEqualTo(2);
        assertThat(buffer.bytes()).isEqualTo(15);

        buffer.poll(now);

        assertThat(buffer.size()).isEqualTo(1);
        assertThat(buffer.bytes()).isEqualTo(5);
    }

    @Test
    void skipsMessagesThatAnotherConsumerMayHaveClaimed() {
        ClaimedMessage lost = StoredMessage.lost("lost");
        ClaimedMessage expired = StoredMessage.leased("expired", 3, now);
        buffer.add(List.of(lost, expired, first));

        assertThat(buffer.poll(now)).isSameAs(first);
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.takeUnusable()).containsExactly(lost, expired);
        assertThat(buffer.takeUnusable()).isEmpty();
    }

    @Test
    void clearReturnsTheMessagesThatWaitForAWorker() {
        buffer.add(List.of(first, second));

        assertThat(buffer.clear()).containsExactly(first, second);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.poll(now)).isNull();
    }

    // Batches

    @Test
    void batchSkipsMessagesThatAnotherConsumerMayHaveClaimed() {
        ClaimedMessage lost = StoredMessage.lost("lost");
        buffer.add(List.of(first, lost, second));

        assertThat(buffer.pollBatch(now, 10)).containsExactly(first, second);
        assertThat(buffer.takeUnusable()).containsExactly(lost);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.bytes()).isZero();
    }

    @Test
    void batchLeavesTheMessagesBeyondItsLimit() {
        buffer.add(List.of(first, second));
        assertThat(buffer.pollBatch(now, 1)).containsExactly(first);
        assertThat(buffer.bytes()).isEqualTo(5);
        assertThat(buffer.pollBatch(now, 1)).containsExactly(second);
    }

    @Test
    void messagesAreAddedTogetherOrNotAtAll() {
        List<ClaimedMessage> failing = new AbstractList<>() {
            @Override
            public ClaimedMessage get(int index) {
                if (index == 1) {
                    throw new OutOfMemoryError("test");
                }
                return second;
            }

            @Override
            public int size() {
                return 2;
            }
        };
        buffer.add(List.of(first));

        assertThatThrownBy(() -> buffer.add(failing)).isInstanceOf(OutOfMemoryError.class);

        assertThat(buffer.clear()).containsExactly(first);
        assertThat(buffer.bytes()).isZero();
    }
}
