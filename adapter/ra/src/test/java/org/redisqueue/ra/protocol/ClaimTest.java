// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.MAX_ABANDONED;
import static org.redisqueue.ra.protocol.TestQueue.MAX_BYTES;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void malformedProcessingEntryIsDeadLettered() {
        queue.letTimePass(queue.held("m1"));
        queue.call("ZADD", queue.key("processing"), "1", "nospace");
        queue.send("m2");

        assertThat(ids(queue.claim(5))).containsExactlyInAnyOrder("m1", "m2");

        assertThat(queue.dead()).containsExactly("nospace");
        assertThat(queue.errors().get("nospace")).contains("has no token");
    }

    @Test
    void takesOldestMessagesFirstUpToTheLimit() {
        queue.send("m1", "m2", "m3");

        assertThat(ids(queue.claim(2))).containsExactly("m1", "m2");
        assertThat(queue.ready()).containsExactly("m3");
    }

    @Test
    void messageStaysAndItsIdMovesToProcessing() {
        Lease lease = queue.held("m1");

        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.ready()).isEmpty();
        assertThat(queue.processing()).containsOnlyKeys(lease.member());
        assertThat(queue.due(lease)).isBetween(queue.now(), queue.now() + TestQueue.LEASE);
    }

    @Test
    void emptyQueueYieldsNoMessages() {
        ClaimResult claim = queue.claim(10);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.dueInMillis()).isEmpty();
        assertThat(claim.paused()).isFalse();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void eachClaimHasItsOwnToken() {
        queue.send("m1", "m2");

        assertThat(lease(queue.claim(1)).token())
                .isNotEqualTo(lease(queue.claim(1)).token());
    }

    @Test
    void deliversAMessageForTheFirstTime() {
        queue.send("m1");
        ClaimedMessage message = queue.claim(1).messages().get(0);

        assertThat(message.deliveryCount()).isEqualTo(1);
        assertThat(message.value()).asString().isEqualTo("value of m1");
        assertThat(message.lease().queue()).isEqualTo(queue.name);
    }

    @Test
    void messageIsClaimedByOneConsumerOnly() {
        queue.held("m1");

        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void messageWithAnEndedLeaseIsClaimedAgain() {
        queue.send("m1");
        Lease first = lease(queue.claim(1, 50));

        await().untilAsserted(() -> assertThat(ids(queue.claim(1))).containsExactly("m1"));

        assertThat(queue.processing()).hasSize(1).doesNotContainKey(first.member());
        assertThat(queue.abandoned()).containsExactly(entry("m1", "1"));
    }

    @Test
    void takesDueAndReadyMessages() {
        queue.send("m1", "m2", "m3");
        leases(queue.claim(2)).forEach(queue::letTimePass);

        assertThat(ids(queue.claim(3))).containsExactlyInAnyOrder("m1", "m2", "m3");
    }

    @Test
    void dueAndReadyMessagesGetHalfOfAClaimEach() {
        queue.held("due1", "due2", "due3", "due4", "due5", "due6").forEach(queue::letTimePass);
        queue.send("new1", "new2", "new3", "new4", "new5", "new6");

        ClaimResult claim = queue.claim(4);

        assertThat(ids(claim)).containsExactlyInAnyOrder("due1", "due2", "new1", "new2");
        assertThat(claim.dueInMillis()).hasValue(0);
        assertThat(queue.ready()).containsExactly("new3", "new4", "new5", "new6");
    }

    @Test
    void unusedShareOfOneSideGoesToTheOther() {
        queue.held("due1", "due2", "due3", "due4").forEach(queue::letTimePass);
        queue.send("new1");

        assertThat(ids(queue.claim(4))).hasSize(4).contains("new1");

        queue.send("new2", "new3", "new4");
        assertThat(ids(queue.claim(4))).hasSize(4).contains("new2", "new3", "new4");
    }

    @Test
    void singleMessageClaimsStarveNeitherSide() {
        queue.held(numbered("due", 60)).forEach(queue::letTimePass);
        queue.send(numbered("new", 60));

        List<String> claimed = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            claimed.addAll(ids(queue.claim(1)));
        }

        assertThat(claimed).anyMatch(id -> id.startsWith("due")).anyMatch(id -> id.startsWith("new"));
    }

    private static String[] numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toArray(String[]::new);
    }

    @Test
    void byteLimitEndsAClaimAfterItsFirstMessage() {
        queue.send("m1", "m2", "m3", "m4"); // 11 bytes each

        ClaimResult first = queue.claim(4, 25, OnExpiry.DROP);
        ClaimResult second = queue.claim(4, 1, OnExpiry.DROP);
        ClaimResult third = queue.claim(4, 11, OnExpiry.DROP);

        assertThat(ids(first)).containsExactly("m1", "m2");
        assertThat(first.cutShort()).isTrue();
        assertThat(ids(second)).containsExactly("m3");
        assertThat(second.cutShort()).isTrue();
        assertThat(ids(third)).containsExactly("m4");
        assertThat(third.cutShort()).isFalse();
    }

    @Test
    void messagesBeyondTheByteLimitStayDueAndUncounted() {
        queue.held("m1", "m2", "m3").forEach(queue::letTimePass);

        String first = ids(queue.claim(3, 1, OnExpiry.DROP)).get(0);

        assertThat(queue.abandoned()).containsOnlyKeys(first);
        assertThat(queue.processing().values()).filteredOn(score -> score == 1).hasSize(2);
        assertThat(ids(queue.claim(3))).hasSize(2).doesNotContain(first);
    }

    @Test
    void oversizedMessageIsNeverRead() {
        queue.call("SETRANGE", queue.key("message:large"), 64 * 1024 * 1024, "x");
        queue.call("LPUSH", queue.key("ready"), "large");
        queue.call("CONFIG", "RESETSTAT");

        assertThat(queue.claim(1).deadLettered()).containsOnlyKeys("large");

        assertThat((String) queue.call("INFO", "commandstats"))
                .contains("cmdstat_strlen")
                .doesNotContain("cmdstat_mget")
                .doesNotContain("cmdstat_get:");
        queue.call("DEL", queue.key("message:large"));
    }

    @Test
    void oversizedMessageDoesNotDelayTheOthers() {
        queue.send("m1");
        queue.call("SETRANGE", queue.key("message:large"), TestQueue.MAX_BYTES, "x");
        queue.call("LPUSH", queue.key("ready"), "large");
        queue.send("m2");

        ClaimResult claim = queue.claim(10);

        assertThat(claim.messages()).extracting(m -> m.lease().id()).containsExactly("m1", "m2");
        assertThat(claim.deadLettered()).containsOnlyKeys("large");
    }

    @Test
    void abandonedDeliveriesAreCounted() {
        queue.letTimePass(queue.held("m1"));
        queue.letTimePass(lease(queue.claim(1)));

        ClaimedMessage third = queue.claim(1).messages().get(0);

        assertThat(third.abandoned()).isEqualTo(2);
        assertThat(third.failures()).isZero();
        assertThat(third.deliveryCount()).isEqualTo(3);
    }

    @Test
    void messageAbandonedTooOftenIsDeadLettered() {
        queue.letTimePass(queue.held("m1"));
        for (int i = 1; i < MAX_ABANDONED + 1; i++) {
            queue.letTimePass(lease(queue.claim(1)));
        }

        ClaimResult claim = queue.claim(1);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered())
                .containsOnlyKeys("m1")
                .containsValue("It was abandoned 4 times: each time, its consumer died or lost the lease");
        assertThat(queue.dead()).containsExactly("m1");
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.abandoned()).isEmpty();
        assertThat(queue.errors().get("m1")).contains("\"deliveries\":4");
    }

    @Test
    void deletedMessageIsDropped() {
        queue.send("m1", "m2");
        queue.call("DEL", queue.key("message:m1"));

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly("m2");
        assertThat(claim.gone()).containsExactly("m1");
        assertThat(queue.processing()).hasSize(1);
    }

    @Test
    void messageDeletedDuringProcessingIsDroppedWithItsCounts() {
        Lease lease = queue.held("m1");
        queue.redeliver(lease, 0, 9);
        queue.call("DEL", queue.key("message:m1"));

        await().untilAsserted(() -> assertThat(queue.claim(1).gone()).containsExactly("m1"));

        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void messageKeyOfTheWrongTypeIsDeadLettered() {
        queue.call("LPUSH", queue.key("message:m1"), "no string");
        queue.call("LPUSH", queue.key("ready"), "m1");
        queue.send("m2");

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly("m2");
        assertThat(claim.deadLettered()).containsExactly(entry("m1", "Its key holds a list instead of a string"));
        assertThat(queue.dead()).containsExactly("m1");
    }

    @Test
    void onlyMessagesOverTheMaximumSizeAreDeadLettered() {
        queue.call("SET", queue.key("message:m1"), "x".repeat(MAX_BYTES + 1));
        queue.call("SET", queue.key("message:m2"), "x".repeat(MAX_BYTES));
        queue.call("LPUSH", queue.key("ready"), "m1", "m2");

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly("m2");
        assertThat(claim.deadLettered())
                .containsExactly(entry("m1", "It has 1001 bytes, but maxMessageSize is 1000 bytes"));
        assertThat(queue.exists("m1")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a\tb", "a\nb", "é", "\u0000", "\u007f"})
    void malformedIdIsDeadLettered(String id) {
        queue.call("LPUSH", queue.key("ready"), id);
        queue.send("m1");

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly("m1");
        assertThat(claim.deadLettered())
                .containsExactly(entry(id, "The id must be 1 to 200 printable ASCII characters without spaces"));
        assertThat(queue.dead()).containsExactly(id);
    }

    @Test
    void idHasUpTo200Characters() {
        String longest = "x".repeat(200);
        queue.send(longest);
        queue.call("LPUSH", queue.key("ready"), longest + "x");

        ClaimResult claim = queue.claim(2);

        assertThat(ids(claim)).containsExactly(longest);
        assertThat(claim.deadLettered().keySet())
                .singleElement()
                .asString()
                .startsWith("x".repeat(64) + "~201~")
                .hasSize(64 + 5 + 40);
    }

    @Test
    void hugeIdIsDeadLetteredUnderAShortName() {
        byte[] huge = new byte[8 * 1024 * 1024];
        Arrays.fill(huge, (byte) 'x');
        queue.call("LPUSH", queue.key("ready"), huge);
        byte[] entry = Arrays.copyOf(huge, huge.length + 6);
        System.arraycopy(" token".getBytes(StandardCharsets.US_ASCII), 0, entry, huge.length, 6);
        queue.call("ZADD", queue.key("processing"), "1", entry);
        queue.send("m1");

        ClaimResult claim = queue.claim(3);

        assertThat(ids(claim)).containsExactly("m1");
        assertThat(claim.deadLettered()).hasSize(2).allSatisfy((id, reason) -> {
            assertThat(id).hasSizeLessThan(200);
            assertThat(reason).contains("it has 83886").hasSizeLessThan(300);
        });
        assertThat(queue.ready()).isEmpty();
        assertThat(queue.processing()).hasSize(1);
    }

    @Test
    void malformedIdInProcessingIsDeadLettered() {
        queue.call("ZADD", queue.key("processing"), "1", "a b token");

        assertThat(queue.claim(1).deadLettered()).containsOnlyKeys("a b");

        assertThat(queue.processing()).isEmpty();
    }

    @Test
    void bodyOfADeadLetterOutlivesItsTimeToLive() {
        queue.call("SET", queue.key("message:large"), "x".repeat(MAX_BYTES + 1), "PX", 60_000);
        queue.call("SET", queue.key("message:a b"), "of a bad id", "PX", 60_000);
        queue.call("LPUSH", queue.key("ready"), "large", "a b");

        queue.claim(2);

        assertThat(queue.call("PTTL", queue.key("message:large"))).isEqualTo(-1L);
        assertThat(queue.call("PTTL", queue.key("message:a b"))).isEqualTo(-1L);
    }

    @Test
    void idMayContainPatternAndHashTagCharacters() {
        List<Lease> leases = queue.held("%d-{x}*", "^(.*)$", "[a]:message:b");
        leases.forEach(queue::letTimePass);

        List<Lease> again = leases(queue.claim(3));

        assertThat(again).extracting(Lease::id).containsExactlyInAnyOrder("%d-{x}*", "^(.*)$", "[a]:message:b");
        assertThat(queue.acknowledge(again.toArray(Lease[]::new)).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void pausedQueueYieldsNoMessages() {
        queue.send("m1");
        queue.letTimePass(queue.held("m2"));
        queue.call("SET", queue.key("paused"), "");
        Map<String, Object> before = queue.everything();

        ClaimResult claim = queue.claim(2);

        assertThat(claim.paused()).isTrue();
        assertThat(claim.messages()).isEmpty();
        assertThat(queue.everything()).isEqualTo(before);

        queue.call("DEL", queue.key("paused"));
        assertThat(queue.claim(2).messages()).hasSize(2);
    }

    @Test
    void reportsWhenTheNextMessageIsDue() {
        queue.redeliver(queue.held("m1"), 30_000, 9);

        assertThat(queue.claim(1).dueInMillis().getAsLong()).isBetween(1L, 30_000L);
    }

    @Test
    void preparedMessageIsNeverDue() {
        queue.prepare("branch", List.of(queue.held("m1")));

        ClaimResult claim = queue.claim(1);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.dueInMillis()).isEmpty();
    }

    @Test
    void idPushedTwiceIsClaimedOnce() {
        queue.send("m1");
        queue.call("LPUSH", queue.key("ready"), "m1");

        assertThat(ids(queue.claim(2))).containsExactly("m1");
        assertThat(queue.ready()).isEmpty();
        assertThat(queue.processing()).hasSize(1);
    }

    @Test
    void thousandMessagesAreClaimedAtOnce() {
        String[] ids = new String[1_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "m" + i;
        }
        queue.send(ids);

        assertThat(ids(queue.claim(1_000))).containsExactly(ids);
    }

    @Test
    void repeatedClaimTakesNothingFromTheFirst() {
        queue.send("m1", "m2");
        Lease first = lease(queue.claim(1));

        Lease second = lease(queue.claim(1));

        assertThat(queue.processing()).containsOnlyKeys(first.member(), second.member());
        assertThat(queue.acknowledge(first).done()).isTrue();
    }

    @Test
    void claimWithALostReplyOnlyCostsALease() {
        queue.send("m1");
        queue.letTimePass(lease(queue.claim(1)));

        Lease lease = lease(queue.claim(1));

        assertThat(queue.acknowledge(lease).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "arrived", "processing", "dead", "failures", "abandoned", "errors", "expiry"})
    void nothingIsClaimedWhenAKeyHasTheWrongType(String suffix) {
        queue.letTimePass(queue.held("m1"));
        queue.send("m2");
        queue.call("LPUSH", queue.key("ready"), "a bad id");
        queue.call("DEL", queue.key(suffix));
        queue.call("SET", queue.key(suffix), "of another type");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.claim(3))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("RQ-107 'claim' was not executed")
                .hasMessageContaining("WRONGTYPE");

        assertThat(queue.everything()).isEqualTo(before);
    }
}
