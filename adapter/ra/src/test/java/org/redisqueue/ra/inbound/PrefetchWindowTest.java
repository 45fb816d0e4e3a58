// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefetchWindowTest {

    private final PrefetchWindow window = new PrefetchWindow(8);

    /** Simulates a claim during which workers take the given number of messages. */
    private void claim(int taken, int messages, long bytes) {
        window.claimStarted();
        for (int i = 0; i < taken; i++) {
            window.messageTaken();
        }
        window.claimEnded(messages, bytes);
    }

    @Test
    void hasRoomForFreeListenersAndThePrefetch() {
        assertThat(window.room(15, 0)).isEqualTo(23);
        assertThat(window.room(0, 8)).isZero();
    }

    @Test
    void opensWhenHalfOfItIsEmpty() {
        assertThat(window.isOpen(5)).isFalse();
        assertThat(window.isOpen(4)).isTrue();
    }

    @Test
    void growsToSixTimesWhatWorkersTakeDuringAClaim() {
        claim(5, 10, 100);
        assertThat(window.room(0, 0)).isEqualTo(30);
    }

    @Test
    void growsToAtMostEightTimesThePrefetch() {
        claim(1_000, 10, 100);
        assertThat(window.room(0, 0)).isEqualTo(64);
    }

    @Test
    void shrinksToThePrefetchForSlowListeners() {
        claim(1_000, 10, 100);
        claim(1, 10, 100);
        assertThat(window.room(0, 0)).isEqualTo(8);
    }

    @Test
    void doesNotGrowBeyondOneMebibyteOfMessages() {
        claim(1_000, 10, 10 * (1 << 16));
        assertThat(window.room(0, 0)).isEqualTo(16);
        claim(1_000, 10, 10 * (1 << 20));
        assertThat(window.room(0, 0)).isEqualTo(8);
    }

    @Test
    void doesNotClaimAheadWithoutPrefetch() {
        PrefetchWindow none = new PrefetchWindow(0);
        none.messageTaken();
        none.claimEnded(1, 1);
        assertThat(none.isOpen(0)).isTrue();
        assertThat(none.room(3, 0)).isEqualTo(3);
    }
}
