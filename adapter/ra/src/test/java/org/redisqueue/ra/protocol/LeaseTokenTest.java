// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTokenTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void tokenOfAClaimTellsWhoClaimedTheMessageAndWhen() {
        queue.send("m1");
        ClaimingListener listener = queue.operations().newListener("Receipts.issue");

        Lease lease = TestQueue.result(
                        queue.operations().claim(new ClaimRequest(queue.name, 1, 60_000, 5, 100), listener))
                .messages()
                .get(0)
                .lease();

        LeaseToken token = LeaseToken.of(lease.token()).orElseThrow();
        assertThat(lease.listener()).isEqualTo(listener);
        assertThat(token.listener()).isEqualTo(listener.number()).isPositive();
        assertThat(token.server()).isEqualTo(queue.operations().server());
        assertThat(token.millis()).isCloseTo(System.currentTimeMillis(), within(10_000L));
    }

    @Test
    void claimOfAnApplicationHasNoListener() {
        Lease lease = queue.held("m1");

        assertThat(LeaseToken.of(lease.token()).orElseThrow().listener()).isZero();
        assertThat(lease.listener()).isEqualTo(ClaimingListener.NONE);
    }

    @Test
    void tokensAreUniqueAndShort() {
        LeaseToken token = new LeaseToken(LeaseToken.newServer(), 60_466_175, 3_000_000_000_000L);

        assertThat(token.unique()).isNotEqualTo(token.unique()).hasSizeLessThanOrEqualTo(64);
        assertThat(LeaseToken.of(token.unique())).contains(token);
    }

    @Test
    void lastCharacterIsRandom() {
        LeaseToken token = new LeaseToken(LeaseToken.newServer(), 1, 1);
        long odd = 0;
        for (int i = 0; i < 10_000; i++) {
            String text = token.unique();
            odd += text.charAt(text.length() - 1) % 2;
        }
        assertThat(odd).isBetween(4_500L, 5_500L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "token",
                "1a2b3c4d5e6f",
                "server.1.2",
                "abcdefghij.1.2.3.4",
                "abcdefghij.-1.2.3",
                "abcdefghij.zzzzzz.2.3",
                "ABCDEFGHIJ.1.2.3"
            })
    void tokensOfOtherClientsAreUnknown(String token) {
        assertThat(LeaseToken.of(token)).isEmpty();
    }
}
