// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

class MessagesTest {

    private static final String QUEUE = "orders";

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private String key(String name) {
        return test.key(QUEUE, name);
    }

    private void ready(String... ids) {
        for (String id : ids) {
            test.call("SET", key("message:" + id), "body of " + id);
            test.call("LPUSH", key("ready"), id);
        }
    }

    private void dead(String id, String value, long at) {
        test.call("SET", key("message:" + id), value);
        test.call("ZADD", key("dead"), at, id);
        test.call("HSET", key("errors"), id, "{\"reason\":\"it failed\",\"deliveries\":3}");
    }

    private void manyReady(int number) {
        test.call(
                "EVAL",
                "for i = 1, ARGV[2], 1000 do local ids = {} for j = i, i + 999 do ids[#ids + 1] = 'm' .. j end "
                        + "redis.call('LPUSH', KEYS[1], unpack(ids)) end",
                1,
                key("ready"),
                key("message:"),
                number);
    }

    private MessageDetails message(String id) {
        return test.admin.message(QUEUE, id).orElseThrow();
    }

    private static void assertProblem(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        QueueAdminException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Nested
    class Listing {

        @ParameterizedTest
        @EnumSource(Place.class)
        void emptyPlaceHasOneEmptyPage(Place place) {
            assertThat(test.admin.browse(QUEUE, place, null, 10)).isEqualTo(new MessagePage(List.of(), null));
        }

        @Test
        void readyMessagesAreInTheOrderOfDelivery() {
            ready("m1", "m2", "m3");

            assertThat(test.admin.browse(QUEUE, Place.READY, null, 10).messages())
                    .extracting(MessageSummary::id)
                    .containsExactly("m1", "m2", "m3");
        }

        @Test
        void deadLettersHaveTheirReasonAndTheLatestIsFirst() {
            dead("m1", "a", 1000);
            dead("m2", "b", 2000);

            MessagePage page = test.admin.browse(QUEUE, Place.DEAD, null, 10);

            assertThat(page.messages()).extracting(MessageSummary::id).containsExactly("m2", "m1");
            assertThat(page.messages().get(0).reason()).isEqualTo("it failed");
            assertThat(page.messages().get(0).deliveries()).isEqualTo(3);
            assertThat(page.messages().get(0).since()).isEqualTo(Instant.ofEpochMilli(2000));
        }

        @Test
        void claimedWaitingAndInDoubtMessagesAreToldApart() {
            test.call("ZADD", key("processing"), 5000, "d1 token", 6000, "r1 -", 7000, "d2 token", "inf", "p1 token");
            test.call("HSET", key("failures"), "r1", "2");
            test.call("HSET", key("abandoned"), "r1", "1");

            assertThat(test.admin.browse(QUEUE, Place.DELIVERING, null, 10).messages())
                    .extracting(MessageSummary::id)
                    .containsExactly("d1", "d2");
            MessageSummary waiting = test.admin
                    .browse(QUEUE, Place.REDELIVERING, null, 10)
                    .messages()
                    .get(0);
            assertThat(waiting.id()).isEqualTo("r1");
            assertThat(waiting.due()).isEqualTo(Instant.ofEpochMilli(6000));
            assertThat(waiting.deliveries()).isEqualTo(3);
            assertThat(test.admin.browse(QUEUE, Place.IN_DOUBT, null, 10).messages())
                    .extracting(MessageSummary::id, MessageSummary::due)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("p1", null));
        }

        @ParameterizedTest
        @EnumSource(names = {"READY", "DELIVERING", "REDELIVERING", "IN_DOUBT", "DEAD"})
        void pagesListAllMessagesOnce(Place place) {
            for (int i = 1; i <= 25; i++) {
                switch (place) {
                    case READY -> ready("m" + i);
                    case DEAD -> dead("m" + i, "x", i);
                    case DELIVERING ->
                        test.call("ZADD", key("processing"), i, "m" + i + " token", i, "other" + i + " -");
                    case REDELIVERING ->
                        test.call("ZADD", key("processing"), i, "m" + i + " -", i, "other" + i + " token");
                    default -> test.call("ZADD", key("processing"), "inf", "m" + i + " token", i, "other" + i + " -");
                }
            }

            List<String> ids = new ArrayList<>();
            String cursor = null;
            int pages = 0;
            do {
                MessagePage page = test.admin.browse(QUEUE, place, cursor, 10);
                page.messages().forEach(message -> ids.add(message.id()));
                cursor = page.next();
                pages++;
            } while (cursor != null);

            assertThat(ids).hasSize(25).doesNotHaveDuplicates().allMatch(id -> id.startsWith("m"));
            assertThat(pages).isEqualTo(3);
        }

        @Test
        void rareMessagesAreFoundAmongMany() {
            test.call(
                    "EVAL",
                    "for i = 1, 5000 do redis.call('ZADD', KEYS[1], i, 'r' .. i .. ' -') end "
                            + "redis.call('ZADD', KEYS[1], 4500, 'd1 token')",
                    1,
                    key("processing"));

            assertThat(test.admin.browse(QUEUE, Place.DELIVERING, null, 10))
                    .extracting(MessagePage::next)
                    .isNull();
            assertThat(test.admin.browse(QUEUE, Place.DELIVERING, null, 10).messages())
                    .extracting(MessageSummary::id)
                    .containsExactly("d1");
        }

        @Test
        void invalidCursorIsRefused() {
            assertProblem(Kind.INVALID, () -> test.admin.browse(QUEUE, Place.READY, "-1", 10));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 501})
        void invalidLimitIsRefused(int limit) {
            assertProblem(Kind.INVALID, () -> test.admin.browse(QUEUE, Place.READY, null, limit));
        }
    }

    @Nested
    class Reading {

        @Test
        void unknownMessageIsEmpty() {
            assertThat(test.admin.message(QUEUE, "m1")).isEmpty();
        }

        @Test
        void headersAndBodyAreSeparate() {
            dead("m1", "RQ/1\r\nsent: 2026-01-31T12:00:00Z\r\nOrder-Id: 17\r\n\r\na book, für dich", 1000);

            MessageDetails found = message("m1");

            assertThat(found.body()).isEqualTo("a book, für dich");
            assertThat(found.headers()).containsEntry("Order-Id", "17");
            assertThat(found.binary()).isFalse();
            assertThat(found.truncated()).isFalse();
            assertThat(found.summary().place()).isEqualTo(Place.DEAD);
            assertThat(found.summary().sent()).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
        }

        @Test
        void bodyThatIsNotTextIsEncoded() {
            test.call("EVAL", "redis.call('SET', KEYS[1], '\\255\\0\\1')", 1, key("message:m1"));
            test.call("LPUSH", key("ready"), "m1");

            MessageDetails found = message("m1");

            assertThat(found.binary()).isTrue();
            assertThat(found.body()).isEqualTo("/wAB");
        }

        @Test
        void malformedMessageIsShownWithTheReason() {
            dead("m1", "RQ/7\r\n\r\nbody", 1000);

            assertThat(message("m1").malformed()).contains("RQ/7");
            assertThat(message("m1").body()).contains("body");
        }

        @Test
        void longBodyIsTruncatedBetweenCharacters() {
            test.call("EVAL", "redis.call('SET', KEYS[1], 'x' .. string.rep('ü', 200000))", 1, key("message:m1"));
            test.call("LPUSH", key("ready"), "m1");

            MessageDetails found = message("m1");

            assertThat(found.truncated()).isTrue();
            assertThat(found.binary()).isFalse();
            assertThat(found.body()).hasSize(131_072).startsWith("xü").endsWith("ü");
            assertThat(found.version()).isEmpty();
        }

        @Test
        void placeOfEachMessageIsFound() {
            ready("m1");
            for (String id : List.of("r1", "d[1]*", "p1")) {
                test.call("SET", key("message:" + id), "x");
            }
            test.call("ZADD", key("processing"), 5000, "d[1]* token", 6000, "r1 -", "inf", "p1 token");

            assertThat(message("m1").summary().place()).isEqualTo(Place.READY);
            assertThat(message("r1").summary().place()).isEqualTo(Place.REDELIVERING);
            assertThat(message("d[1]*").summary().place()).isEqualTo(Place.DELIVERING);
            assertThat(message("d[1]*").summary().due()).isEqualTo(Instant.ofEpochMilli(5000));
            assertThat(message("p1").summary().place()).isEqualTo(Place.IN_DOUBT);
        }
    }

    @Nested
    class Editing {

        @Test
        void bodyOfDeadLetterIsReplacedAndItsHeadersStay() {
            dead("m1", "RQ/1\r\nsent: 2026-01-31T12:00:00Z\r\nOrder-Id: 17\r\n\r\nwrong", 1000);

            test.admin.editBody(QUEUE, "m1", "right", message("m1").version());

            assertThat(message("m1").body()).isEqualTo("right");
            assertThat(message("m1").headers()).containsEntry("Order-Id", "17");
            assertThat(message("m1").summary().sent()).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
        }

        @Test
        void bodyThatLooksLikeHeadersStaysABody() {
            dead("m1", "wrong", 1000);

            test.admin.editBody(
                    QUEUE, "m1", "RQ/1\nName: value\n\nx", message("m1").version());

            assertThat(message("m1").body()).isEqualTo("RQ/1\nName: value\n\nx");
        }

        @Test
        void timeToLiveOfProducerIsKept() {
            dead("m1", "wrong", 1000);
            test.call("PEXPIRE", key("message:m1"), 600_000);

            test.admin.editBody(QUEUE, "m1", "right", message("m1").version());

            assertThat((Long) test.call("PTTL", key("message:m1"))).isPositive();
        }

        @Test
        void messageThatHasChangedIsNotReplaced() {
            dead("m1", "wrong", 1000);
            String version = message("m1").version();
            test.call("SET", key("message:m1"), "changed");

            assertProblem(Kind.CONFLICT, () -> test.admin.editBody(QUEUE, "m1", "right", version));
            assertThat(message("m1").body()).isEqualTo("changed");
        }

        @Test
        void readyMessageIsNotReplaced() {
            ready("m1");

            assertProblem(
                    Kind.CONFLICT,
                    () -> test.admin.editBody(
                            QUEUE, "m1", "right", message("m1").version()));
            assertThat(message("m1").body()).isEqualTo("body of m1");
        }

        @Test
        void unknownMessageIsNotReplaced() {
            assertProblem(Kind.NOT_FOUND, () -> test.admin.editBody(QUEUE, "m1", "right", "0"));
        }

        @Test
        void bodyThatCouldNotBeReadAgainIsRefused() {
            dead("m1", "wrong", 1000);
            String version = message("m1").version();
            String longest = "ä".repeat(QueueAdmin.MAX_BODY / 2);

            assertProblem(Kind.INVALID, () -> test.admin.editBody(QUEUE, "m1", longest + "x", version));
            assertThat(message("m1").body()).isEqualTo("wrong");

            test.admin.editBody(QUEUE, "m1", longest, version);
            assertThat(message("m1").body()).isEqualTo(longest);
        }

        @Test
        void bodyIsNotAudited() {
            dead("m1", "wrong", 1000);

            test.admin.editBody(QUEUE, "m1", "secret", message("m1").version());

            assertThat(test.call("XRANGE", test.prefix + ":audit", "-", "+").toString())
                    .doesNotContain("secret");
        }
    }

    @Nested
    class Deleting {

        @Test
        void deadLetterIsDeletedWithItsTraces() {
            dead("m1", "x", 1000);
            test.call("HSET", key("failures"), "m1", "1");
            test.call("ZADD", key("expiry"), 1, "m1");

            test.admin.deleteMessage(QUEUE, "m1");

            assertThat((List<?>) test.call("KEYS", test.prefix + ":{*")).isEmpty();
        }

        @Test
        void readyMessageStaysIfALetterWithItsIdIsDeleted() {
            dead("m1", "x", 1000);
            test.call("DEL", key("message:m1"));
            ready("m1");

            test.admin.deleteMessage(QUEUE, "m1");

            assertThat(test.call("EXISTS", key("dead"), key("errors"))).isEqualTo(0L);
            assertThat(message("m1").body()).isEqualTo("body of m1");
        }

        @Test
        void letterThatNeverHadAMessageIsDeletedAloneAndNotEdited() {
            manyReady(101_000);
            test.call("SET", key("message:m1"), "sent later");
            test.call("ZADD", key("dead"), 1000, "m1");
            test.call("HSET", key("errors"), "m1", "{\"reason\":\"lost\",\"deliveries\":0,\"gone\":true}");

            String version = message("m1").version();
            assertProblem(Kind.NOT_FOUND, () -> test.admin.editBody(QUEUE, "m1", "changed", version));
            test.admin.deleteMessage(QUEUE, "m1");

            assertThat(test.call("EXISTS", key("dead"), key("errors"))).isEqualTo(0L);
            assertThat(message("m1").body()).isEqualTo("sent later");
        }

        @Test
        void readyMessageIsDeleted() {
            ready("m1", "m2");

            test.admin.deleteMessage(QUEUE, "m1");

            assertThat(test.call("LRANGE", key("ready"), 0, -1).toString()).isEqualTo("[m2]");
            assertThat(test.admin.message(QUEUE, "m1")).isEmpty();
        }

        @Test
        void readyMessageAmongManyIsDeletedWithoutMovingTheOthers() {
            ready("first");
            manyReady(120_000);
            test.call("SET", key("message:m60000"), "x");

            test.admin.deleteMessage(QUEUE, "m60000");

            assertThat(test.admin.message(QUEUE, "m60000")).isEmpty();
            assertThat(test.call("LLEN", key("ready"))).isEqualTo(120_001L);
            assertProblem(Kind.NOT_FOUND, () -> test.admin.deleteMessage(QUEUE, "never"));
        }

        @Test
        void claimedMessageIsNotDeleted() {
            test.call("SET", key("message:m1"), "x");
            test.call("ZADD", key("processing"), 5000, "m1 token");

            assertProblem(Kind.CONFLICT, () -> test.admin.deleteMessage(QUEUE, "m1"));
            assertThat(message("m1").body()).isEqualTo("x");
        }

        @Test
        void claimedMessageIsNotDeletedEvenIfManyAreReady() {
            test.call("SET", key("message:d1"), "x");
            test.call("ZADD", key("processing"), 5000, "d1 token");
            manyReady(120_000);

            assertProblem(Kind.CONFLICT, () -> test.admin.deleteMessage(QUEUE, "d1"));
            assertThat(message("d1").body()).isEqualTo("x");
        }

        @Test
        void unknownMessageIsNotDeleted() {
            assertProblem(Kind.NOT_FOUND, () -> test.admin.deleteMessage(QUEUE, "m1"));
        }
    }
}
