// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A million ready messages, as many dead letters, and 10,000 claimed messages in one queue. */
@Tag("alone")
class LargeQueueTest {

    private static final String QUEUE = "orders";
    private static final int MILLION = 1_000_000;
    private static final int BATCH = 50_000;
    private static final long LONGEST_MILLIS = 1_000;
    private static final int ATTEMPTS = 3;

    private static TestRedis redis;
    private static AdminClient client;

    private final Map<String, Long> millis = new TreeMap<>();

    @BeforeAll
    static void fill() {
        redis = TestRedis.start("--appendonly", "no");
        client = AdminClient.of(TestProperties.of(redis));
        for (int from = 0; from < MILLION; from += BATCH) {
            redis.call(
                    "EVAL",
                    """
                    for i = ARGV[1] + 1, ARGV[1] + ARGV[2] do
                        redis.call('SET', KEYS[1] .. 'r' .. i, 'x')
                        redis.call('LPUSH', KEYS[2], 'r' .. i)
                        redis.call('SET', KEYS[1] .. 'd' .. i, 'x')
                        redis.call('ZADD', KEYS[3], i, 'd' .. i)
                        redis.call('HSET', KEYS[4], 'd' .. i, '{"reason":"cause ' .. i % 10 .. '","deliveries":1}')
                        if i % 100 == 0 then
                            redis.call('SET', KEYS[1] .. 'p' .. i, 'x')
                            redis.call('ZADD', KEYS[5], 4e12 + i, 'p' .. i .. ' token')
                        end
                    end
                    """,
                    5,
                    key("message:"),
                    key("ready"),
                    key("dead"),
                    key("errors"),
                    key("processing"),
                    from,
                    BATCH);
        }
        redis.call("SADD", "rq:queues", QUEUE);
        admin().servers(); // connects
    }

    @AfterAll
    static void close() {
        client.close();
        redis.close();
    }

    @AfterEach
    void report() {
        System.out.println("Milliseconds about a million messages: " + millis);
    }

    private static String key(String name) {
        return "rq:{" + QUEUE + "}:" + name;
    }

    private static QueueAdmin admin() {
        return client.admin();
    }

    /** Makes a call. Repeats one that takes long, because it may have waited for a processor. */
    private void answers(String name, IntConsumer call) {
        long fastest = Long.MAX_VALUE;
        for (int attempt = 1; attempt <= ATTEMPTS && fastest >= LONGEST_MILLIS; attempt++) {
            long start = System.nanoTime();
            call.accept(attempt);
            fastest = Math.min(fastest, (System.nanoTime() - start) / 1_000_000);
        }
        millis.put(name, fastest);
    }

    private void assertAnsweredSoon() {
        assertThat(millis).allSatisfy((name, each) -> assertThat(each).isLessThan(LONGEST_MILLIS));
    }

    @Test
    void readingAnswersWithinASecond() {
        answers(
                "queues",
                attempt -> assertThat(admin().queues()).singleElement().satisfies(status -> {
                    assertThat(status.ready()).isGreaterThan(MILLION / 2);
                    assertThat(status.delivering()).isGreaterThan(MILLION / 200);
                }));
        answers("queue", attempt -> admin().queue(QUEUE));
        answers("history", attempt -> admin().history(QUEUE, 1_440));
        for (Place place : Place.values()) {
            answers("browse " + place, attempt -> {
                MessagePage page = admin().browse(QUEUE, place, null, QueueAdmin.MAX_PAGE);
                if (page.next() != null) {
                    admin().browse(QUEUE, place, page.next(), QueueAdmin.MAX_PAGE);
                }
            });
        }
        for (String id : List.of("r500000", "d500000", "p500000")) {
            answers(
                    "message " + id,
                    attempt -> assertThat(admin().message(QUEUE, id)).isPresent());
        }
        answers("inDoubt", attempt -> admin().inDoubt());
        answers("servers", attempt -> admin().servers());
        answers("audit", attempt -> admin().audit(null, 1_000));

        assertAnsweredSoon();
    }

    @Test
    void changingAnswersWithinASecond() {
        answers("editBody", attempt -> {
            String version = admin().message(QUEUE, "d1000").orElseThrow().version();
            admin().editBody(QUEUE, "d1000", "y", version);
        });
        answers("delete ready", attempt -> admin().deleteMessage(QUEUE, "r50000" + attempt));
        answers("delete dead", attempt -> admin().deleteMessage(QUEUE, "d50000" + attempt));
        answers(
                "requeue",
                attempt -> end(admin().requeueDeadLetters(QUEUE, MessageSelection.ids(List.of("d200" + attempt)))));
        answers(
                "move",
                attempt ->
                        end(admin().move(QUEUE, Place.DEAD, MessageSelection.ids(List.of("d300" + attempt)), "other")));
        answers(
                "move ready",
                attempt -> assertThatThrownBy(
                                () -> admin().move(QUEUE, Place.READY, MessageSelection.ids(List.of("r3000")), "other"))
                        .isInstanceOf(QueueAdminException.class));
        answers("pause", attempt -> admin().pause(QUEUE, Duration.ofMinutes(10)));
        answers("resume", attempt -> admin().resume(QUEUE));
        answers(
                "start to requeue",
                attempt ->
                        admin().requeueDeadLetters(QUEUE, MessageSelection.all().reasonContains("cause 7")));
        answers("start to purge", attempt -> admin().purge(QUEUE));

        assertAnsweredSoon();
        assertThat(redis.call("EXISTS", key("message:r500001"), key("message:d500001")))
                .isIn(0L, 1L);
        assertThat(redis.call("GET", key("message:d1000"))).isEqualTo("y");
    }

    private static void end(Job job) {
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> admin().job(job.id()).orElseThrow().state() == Job.State.DONE);
    }
}
