// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.State;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.JobOperations.JobKey;
import org.redisqueue.ra.protocol.SendRequest;

class JobsTest {

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private String key(String name) {
        return test.key("orders", name);
    }

    private void dead(String id, String value, String reason, long at) {
        test.call("SET", key("message:" + id), value);
        test.call("ZADD", key("dead"), at, id);
        test.call("HSET", key("errors"), id, "{\"reason\":\"" + reason + "\",\"deliveries\":3}");
    }

    private void manyDead(int number) {
        test.call(
                "EVAL",
                "for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], math.floor(i / 300), 'm' .. i) "
                        + "redis.call('SET', KEYS[2] .. i, 'x') "
                        + "redis.call('HSET', KEYS[3], 'm' .. i, '{\"reason\":\"cause ' .. i % 2 .. '\",\"deliveries\":1}') end",
                3,
                key("dead"),
                key("message:m"),
                key("errors"),
                number);
    }

    private void ready(String... ids) {
        for (String id : ids) {
            test.call("SET", key("message:" + id), "body of " + id);
            test.call("LPUSH", key("ready"), id);
        }
    }

    /** Waits for the end of a job. */
    private Job end(Job job) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> test.admin.job(job.id()).orElseThrow().state() != State.RUNNING);
        return test.admin.job(job.id()).orElseThrow();
    }

    private List<?> deadIds() {
        return (List<?>) test.call("ZRANGE", key("dead"), 0, -1);
    }

    private List<?> readyIds() {
        return (List<?>) test.call("LRANGE", key("ready"), 0, -1);
    }

    private static void assertProblem(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        QueueAdminException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void requeuedLettersAreReadyInTheOrderInWhichTheyDied() {
        dead("m2", "b", "failed", 2000);
        dead("m1", "a", "failed", 1000);
        test.call("HSET", key("failures"), "m1", "3");

        Job job = end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(job.state()).isEqualTo(State.DONE);
        assertThat(job.done()).isEqualTo(2);
        assertThat(job.total()).isEqualTo(2);
        assertThat(job.changed()).isEqualTo(2);
        assertThat(readyIds()).isEqualTo(List.of("m2", "m1")); // taken from the right
        assertThat(deadIds()).isEmpty();
        assertThat(test.call("EXISTS", key("errors"), key("failures"))).isEqualTo(0L);
    }

    @Test
    void requeuedLetterIsDeliveredAsForTheFirstTime() {
        dead("m1", "a", "failed", 1000);
        end(test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("m1"))));

        assertThat(test.operations
                        .claim(new ClaimRequest("orders", 1, 60_000, 9, 1_000))
                        .join()
                        .messages())
                .singleElement()
                .satisfies(message -> assertThat(message.deliveryCount()).isEqualTo(1));
    }

    @Test
    void onlyLettersWithTheReasonAreRequeued() {
        dead("m1", "a", "java.net.ConnectException: refused", 1000);
        dead("m2", "b", "IllegalStateException", 2000);
        dead("m3", "c", "java.net.ConnectException: reset", 3000);

        Job job = end(
                test.admin.requeueDeadLetters("orders", MessageSelection.all().reasonContains("ConnectException")));

        assertThat(job.changed()).isEqualTo(2);
        assertThat(job.done()).isEqualTo(3);
        assertThat(deadIds()).isEqualTo(List.of("m2"));
    }

    @Test
    void onlyLettersWithTheHeaderAreDeleted() {
        dead("m1", "RQ/1\r\nTenant: blue\r\n\r\na", "failed", 1000);
        dead("m2", "RQ/1\nother: x\ntenant:   red  \n\nTenant: blue\n", "failed", 2000);
        dead("m3", "Tenant: blue", "failed", 3000);

        end(test.admin.deleteDeadLetters("orders", MessageSelection.all().header("TENANT", "blue")));

        assertThat(deadIds()).isEqualTo(List.of("m2", "m3"));
        assertThat(test.admin.message("orders", "m1")).isEmpty();
    }

    @Test
    void onlyLettersOfMinimumAgeAreDeleted() {
        long now = Long.parseLong(((List<?>) test.call("TIME")).get(0).toString()) * 1000;
        dead("old", "a", "failed", now - 7_200_000);
        dead("young", "b", "failed", now - 60_000);

        end(test.admin.deleteDeadLetters("orders", MessageSelection.all().olderThan(Duration.ofHours(1))));

        assertThat(deadIds()).isEqualTo(List.of("young"));
    }

    @Test
    void lettersThatDieAfterTheStartAreNotAffected() {
        dead("m1", "a", "failed", 1000);
        dead("future", "b", "failed", 32_503_680_000_000L);

        Job job = end(test.admin.deleteDeadLetters("orders", MessageSelection.all()));

        assertThat(job.total()).isEqualTo(1);
        assertThat(deadIds()).isEqualTo(List.of("future"));
    }

    @Test
    void lettersAreSelectedById() {
        dead("m1", "a", "failed", 1000);
        dead("m2", "b", "failed", 1000);
        dead("m3", "c", "failed", 1000);

        Job job = end(
                test.admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("m3", "m3", "unknown", "m1"))));

        assertThat(job.changed()).isEqualTo(2);
        assertThat(readyIds()).isEqualTo(List.of("m1", "m3"));
        assertThat(deadIds()).isEqualTo(List.of("m2"));
    }

    @Test
    void letterWithoutMessageIsNotRequeuedButCanBeDeleted() {
        test.call("ZADD", key("dead"), 1000, "m1");

        assertThat(end(test.admin.requeueDeadLetters("orders", MessageSelection.all()))
                        .changed())
                .isZero();
        assertThat(readyIds()).isEmpty();
        assertThat(deadIds()).isEqualTo(List.of("m1"));

        assertThat(end(test.admin.deleteDeadLetters("orders", MessageSelection.all()))
                        .changed())
                .isEqualTo(1);
        assertThat(deadIds()).isEmpty();
    }

    /** A dead letter without a message whose id was sent again. */
    private void sentAfterItsLetter() {
        test.call("ZADD", key("processing"), 1, "m1"); // malformed, without a token
        test.operations.claim(new ClaimRequest("orders", 1, 60_000, 9, 1_000)).join();
        assertThat(deadIds()).isEqualTo(List.of("m1"));
        test.operations
                .send(List.of(new SendRequest("orders", "m1", new byte[] {'n', 'e', 'w'}, 0)))
                .join();
    }

    @Test
    void letterWithoutMessageIsNotRequeuedOrMovedWithALaterMessageOfItsId() {
        sentAfterItsLetter();

        assertThat(end(test.admin.requeueDeadLetters("orders", MessageSelection.all()))
                        .changed())
                .isZero();
        assertThat(end(test.admin.move("orders", Place.DEAD, MessageSelection.all(), "other"))
                        .changed())
                .isZero();
        assertThat(readyIds()).isEqualTo(List.of("m1"));
        assertThat(deadIds()).isEqualTo(List.of("m1"));
        assertThat(test.call("GET", key("message:m1"))).isEqualTo("new");
    }

    @Test
    void letterWithoutMessageIsDeletedWithoutALaterMessageOfItsId() {
        sentAfterItsLetter();

        assertThat(end(test.admin.deleteDeadLetters("orders", MessageSelection.all()))
                        .changed())
                .isEqualTo(1);
        assertThat(readyIds()).isEqualTo(List.of("m1"));
        assertThat(deadIds()).isEmpty();
        assertThat(test.call("GET", key("message:m1"))).isEqualTo("new");
    }

    @Test
    void manyLettersOfOneCauseAreRequeuedInShortSteps() {
        manyDead(20_000);
        countCommands();

        Job job = end(
                test.admin.requeueDeadLetters("orders", MessageSelection.all().reasonContains("cause 1")));

        assertThat(job.state()).isEqualTo(State.DONE);
        assertThat(job.done()).isEqualTo(20_000);
        assertThat(job.changed()).isEqualTo(10_000);
        assertThat(deadIds()).hasSize(10_000);
        assertThat(readyIds()).hasSize(10_000).doesNotHaveDuplicates();
    }

    @Test
    void letterWhoseIdIsInUseInTheTargetStays() {
        dead("m1", "a", "failed", 1000);
        dead("m2", "b", "failed", 1000);
        test.call("SET", test.key("other", "message:m1"), "its own");

        Job job = end(test.admin.move("orders", Place.DEAD, MessageSelection.all(), "other"));

        assertThat(job.changed()).isEqualTo(1);
        assertThat(deadIds()).isEqualTo(List.of("m1"));
        assertThat(test.call("GET", key("message:m1"))).isEqualTo("a");
        assertThat(test.call("GET", test.key("other", "message:m1"))).isEqualTo("its own");
        assertThat(test.call("GET", test.key("other", "message:m2"))).isEqualTo("b");
        assertThat(test.call("LRANGE", test.key("other", "ready"), 0, -1)).isEqualTo(List.of("m2"));
    }

    @Test
    void manyLettersAreMovedAlthoughSomeStay() {
        manyDead(1_000);
        for (int i = 1; i <= 1_000; i += 3) {
            test.call("SET", test.key("other", "message:m" + i), "its own");
        }

        Job job = end(test.admin.move("orders", Place.DEAD, MessageSelection.all(), "other"));

        assertThat(job.changed()).isEqualTo(666);
        assertThat(deadIds()).hasSize(334);
        assertThat((List<?>) test.call("LRANGE", test.key("other", "ready"), 0, -1))
                .hasSize(666)
                .doesNotHaveDuplicates();
    }

    @Test
    void readyMessagesAreMovedInTheirOrder() {
        ready("m1", "m2", "m3");
        test.call("SET", test.key("other", "message:m2"), "its own");

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(job.changed()).isEqualTo(2);
        assertThat(readyIds()).isEqualTo(List.of("m2"));
        assertThat(test.call("LRANGE", test.key("other", "ready"), 0, -1)).isEqualTo(List.of("m3", "m1"));
    }

    @Test
    void readyMessageIsMovedById() {
        ready("m1", "m2", "m3");

        end(test.admin.move("orders", Place.READY, MessageSelection.ids(List.of("m2")), "other"));

        assertThat(readyIds()).isEqualTo(List.of("m3", "m1"));
        assertThat(test.call("GET", test.key("other", "message:m2"))).isEqualTo("body of m2");
    }

    @Test
    void movedMessageExpiresAtTheSameTime() {
        ready("m1", "m2");
        test.call("ZADD", key("expiry"), 4_000_000_000_000L, "m1");
        test.call("ZADD", test.key("other", "expiry"), 1000, "m2"); // left behind by an earlier message

        end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(test.call("ZRANGE", test.key("other", "expiry"), 0, -1, "WITHSCORES"))
                .hasToString("[m1, 4000000000000]");
        assertThat(test.call("EXISTS", key("expiry"))).isEqualTo(0L);
    }

    @Test
    void expiredAndDeletedMessagesAreNotMoved() {
        ready("expired", "m2", "deleted", "m4");
        test.call("SET", key("message:deleted"), "RQ/expired");
        test.call("ZADD", key("expiry"), 1000, "expired", 0, "deleted");

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(job.done()).isEqualTo(4);
        assertThat(job.changed()).isEqualTo(2);
        assertThat(readyIds()).isEqualTo(List.of("deleted", "expired"));
        assertThat(test.call("LRANGE", test.key("other", "ready"), 0, -1)).isEqualTo(List.of("m4", "m2"));
        assertThat(test.call("ZRANGE", key("expiry"), 0, -1)).isEqualTo(List.of("deleted", "expired"));
        assertThat(test.call("EXISTS", test.key("other", "message:deleted"))).isEqualTo(0L);
    }

    private void manyReady(int number) {
        test.call(
                "EVAL",
                "for i = 1, ARGV[1] do redis.call('LPUSH', KEYS[1], 'm' .. i) redis.call('SET', KEYS[2] .. i, 'x') end",
                2,
                key("ready"),
                key("message:m"),
                number);
    }

    /** Calls Redis, so that the check of the user's rights on connecting is not among the commands that are counted. */
    private void countCommands() {
        test.admin.queues();
        test.call("CONFIG", "RESETSTAT");
    }

    @Test
    void messagesAreMovedPastManyThatStay() {
        manyReady(1_000);
        for (int i = 1; i <= 1_000; i++) {
            if (i <= 450 || i % 2 == 0) {
                test.call("SET", test.key("other", "message:m" + i), "its own");
            }
        }
        countCommands();

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(job.failure()).isNull();
        assertThat(job.changed()).isEqualTo(275);
        List<?> left = readyIds();
        assertThat(left).hasSize(725).doesNotHaveDuplicates().allMatch(id -> ((String) id).startsWith("m"));
        assertThat(left.get(0)).isEqualTo("m1000");
        assertThat(left.get(274)).isEqualTo("m452");
        assertThat(left.get(724)).isEqualTo("m1");
        assertThat((List<?>) test.call("LRANGE", test.key("other", "ready"), 0, 1))
                .isEqualTo(List.of("m999", "m997"));
        assertThat((String) test.call("INFO", "commandstats")).contains("cmdstat_lrem:calls=6,");
    }

    @Test
    void moveFailsIfTooManyMessagesStay() {
        test.call(
                "EVAL",
                "for i = 1, 50200 do redis.call('LPUSH', KEYS[1], 'm' .. i) end",
                1,
                key("ready")); // without bodies

        Job job = end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(job.state()).isEqualTo(State.FAILED);
        assertThat(job.failure()).contains("More than 50000 messages could not be moved");
        assertThat(readyIds()).hasSize(50_200);
    }

    @Test
    void singleMessagesAreNotLookedForAmongTooMany() {
        test.call("EVAL", "for i = 1, 100001 do redis.call('LPUSH', KEYS[1], 'm' .. i) end", 1, key("ready"));

        assertThat(test.operations
                        .admin()
                        .jobs()
                        .readyMessages(new JobKey("orders", "x"), "move", 1, 0, List.of("m7"), "other")
                        .join())
                .containsExactly(-1L, 0L);
        assertProblem(
                Kind.CONFLICT,
                () -> test.admin.move("orders", Place.READY, MessageSelection.ids(List.of("m7")), "other"));
    }

    @Test
    void messagesCannotBeMovedToTheSameQueueOrFromAConsumer() {
        assertProblem(Kind.INVALID, () -> test.admin.move("orders", Place.DEAD, MessageSelection.all(), "orders"));
        assertProblem(Kind.INVALID, () -> test.admin.move("orders", Place.DELIVERING, MessageSelection.all(), "other"));
    }

    @Test
    void purgeDeletesReadyMessagesOnly() {
        ready("m1", "m2");
        dead("m3", "c", "failed", 1000);
        test.call("HSET", key("abandoned"), "m1", "1");
        test.call("ZADD", key("expiry"), 32_503_680_000_000L, "m2");

        Job job = end(test.admin.purge("orders"));

        assertThat(job.changed()).isEqualTo(2);
        assertThat(readyIds()).isEmpty();
        assertThat(deadIds()).isEqualTo(List.of("m3"));
        assertThat(test.call("EXISTS", key("message:m1"), key("message:m2"), key("abandoned"), key("expiry")))
                .isEqualTo(0L);
    }

    @Test
    void deletedQueueLeavesNothing() {
        ready("m1", "m2");
        dead("m3", "c", "failed", 1000);
        test.call("SET", key("message:m4"), "d");
        test.call("ZADD", key("processing"), 5000, "m4 -");
        test.call("SET", key("message:orphan"), "e");
        test.call("SADD", test.prefix + ":queues", "orders", "other");
        test.call("SET", test.key("other", "message:m1"), "its own");
        test.call("MSET", key("dedup:*"), "m1", key("dedup:k"), "m2", test.key("other", "dedup:k"), "m1");

        Job job = end(test.admin.deleteQueue("orders"));

        assertThat(job.failure()).isNull();
        assertThat(job.state()).isEqualTo(State.DONE);
        assertThat(test.call("GET", test.key("other", "dedup:k"))).isEqualTo("m1");
        assertThat((List<?>) test.call("KEYS", test.prefix + ":{orders}:*"))
                .isEqualTo(List.of(key("job:" + job.id().substring("orders~".length()))));
        assertThat(test.call("SMEMBERS", test.prefix + ":queues")).isEqualTo(List.of("other"));
        assertThat(test.call("GET", test.key("other", "message:m1"))).isEqualTo("its own");
    }

    @Test
    void deletingManyWaitingMessagesExaminesOnlyOrphans() {
        test.call(
                "EVAL",
                "for i = 1, 3000 do redis.call('SET', KEYS[1] .. i, 'x') "
                        + "redis.call('ZADD', KEYS[2], 4000000000000, 'w' .. i .. ' -') end",
                2,
                key("message:w"),
                key("processing"));
        test.call("MSET", key("message:orphan1"), "a", key("message:orphan2"), "b");
        countCommands();

        Job job = end(test.admin.deleteQueue("orders"));

        assertThat(job.failure()).isNull();
        assertThat(test.call("EXISTS", key("message:w1"), key("message:orphan1"), key("processing")))
                .isEqualTo(0L);
        assertThat((String) test.call("INFO", "commandstats")).contains("cmdstat_lpos:calls=2,");
    }

    private Jobs impatientJobs() {
        Queues queues = new Queues(test.operations, new Servers(test.operations));
        Topics topics = new Topics(test.operations, queues, new InDoubtBranches(test.operations));
        return new Jobs(test.operations, queues, topics, Duration.ofMillis(300));
    }

    private long now() {
        return Long.parseLong(((List<?>) test.call("TIME")).get(0).toString()) * 1000;
    }

    @Test
    void deletionWaitsForTheLeaseOfAConsumerWithoutHeartbeats() {
        test.call("MSET", key("message:m1"), "a", key("message:m2"), "b");
        long lease = now() + 3_000;
        test.call("ZADD", key("processing"), lease, "m1 token", lease, "m2 -");

        Job job = end(test.admin.deleteQueue("orders"));

        assertThat(job.failure()).isNull();
        assertThat(now()).isGreaterThanOrEqualTo(lease - 1_000);
        assertThat(test.call("EXISTS", key("message:m1"), key("message:m2"))).isEqualTo(0L);
    }

    @Test
    void messagesThatConsumersHoldAreNotDeleted() {
        ready("m1");
        test.call("MSET", key("message:m2"), "b");
        test.call("ZADD", key("processing"), 4_000_000_000_000L, "m2 token");

        Job job = end(impatientJobs().deleteQueue("orders"));

        assertThat(job.state()).isEqualTo(State.FAILED);
        assertThat(job.failure()).contains("Consumers hold messages of queue 'orders'");
        assertThat(test.call("EXISTS", key("message:m1"), key("message:m2"))).isEqualTo(2L);
        assertThat(readyIds()).isEqualTo(List.of("m1"));
    }

    @Test
    void failureOfADeletionTellsThatTheQueueIsPaused() {
        test.call("ZADD", key("processing"), 4_000_000_000_000L, "m1 token");

        Job job = end(impatientJobs().deleteQueue("orders"));

        assertThat(job.failure()).contains("Queue 'orders' was not deleted completely, and is paused now");
        assertThat(test.admin.queue("orders").paused()).isTrue();
    }

    @Test
    void queueWhoseConsumersAreUnknownIsNotDeleted() {
        ready("m1");
        test.call("SET", test.prefix + ":{/}:servers", "not a sorted set");

        assertThatThrownBy(() -> test.admin.deleteQueue("orders")).isInstanceOf(QueueAdminException.class);
        assertThat(readyIds()).isEqualTo(List.of("m1"));
        assertThat(test.admin.queue("orders").paused()).isFalse();
    }

    @Test
    void queueOfAConsumerThatHasJustStartedIsNotDeleted() {
        assertThat(test.admin.queue("orders").consumers()).isZero(); // remembered for some seconds
        test.operations
                .admin()
                .heartbeats()
                .beat("abc", true, Map.of("info", "{}", "listener:1", "{\"queue\":\"orders\"}"), List.of())
                .join();

        assertProblem(Kind.CONFLICT, () -> test.admin.deleteQueue("orders"));
    }

    @Test
    void messagesSentDuringADeletionAreDeletedOrStay() throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        Thread sender = new Thread(() -> {
            while (!stopped.get()) {
                test.operations
                        .send(List.of(new SendRequest("orders", "m" + sent.incrementAndGet(), new byte[] {1}, 0)))
                        .join();
            }
        });
        sender.start();
        await().until(() -> sent.get() > 100);

        end(test.admin.deleteQueue("orders"));
        int atEnd = sent.get();
        await().until(() -> sent.get() > atEnd + 10);
        stopped.set(true);
        sender.join();

        List<String> bodies = ((List<?>) test.call("KEYS", key("message:*")))
                .stream()
                        .map(name -> ((String) name).substring(key("message:").length()))
                        .toList();
        assertThat(bodies).contains("m" + sent.get());
        assertThat(readyIds().stream().map(String::valueOf)).containsExactlyInAnyOrderElementsOf(bodies);
        assertThat(test.call("EXISTS", key("dead"))).isEqualTo(0L);
    }

    @Test
    void queueWithPreparedBranchIsNotDeleted() {
        ready("m1");
        test.call("HSET", key("prepared"), "branch", "{}");

        assertProblem(Kind.CONFLICT, () -> test.admin.deleteQueue("orders"));
        assertThat(readyIds()).isEqualTo(List.of("m1"));
        assertThat(test.admin.queue("orders").paused()).isFalse();
    }

    @Test
    void messageOfABranchOfAnotherQueueIsNotDropped() {
        ready("m1");
        test.call("ZADD", key("processing"), "+inf", "m1 token", 1, "m2 -");

        assertThat(test.operations.admin().jobs().dropQueue(new JobKey("orders", "x")))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("RQPREPARED");
        assertThat(test.call("ZCARD", key("processing"))).isEqualTo(2L);
    }

    @Test
    void failedJobTellsTheReason() {
        dead("m1", "a", "failed", 1000);
        test.call("SET", key("abandoned"), "not a hash");

        Job job = end(test.admin.requeueDeadLetters("orders", MessageSelection.all()));

        assertThat(job.state()).isEqualTo(State.FAILED);
        assertThat(job.failure()).contains("WRONGTYPE");
        assertThat(deadIds()).isEqualTo(List.of("m1"));
        assertThat(readyIds()).isEmpty();
    }

    @Test
    void jobWithoutProgressIsInterrupted() {
        Job job = end(test.admin.purge("orders"));
        String key = jobKey(job);
        test.call("HSET", key, "state", "running");
        assertThat(test.admin.job(job.id()).orElseThrow().state()).isEqualTo(State.RUNNING);

        lastChanged31SecondsAgo(key);

        assertThat(test.admin.job(job.id()).orElseThrow().state()).isEqualTo(State.INTERRUPTED);
    }

    @Test
    void jobThatWaitsForItsTurnIsRunning() {
        manyDead(20_000);
        MessageSelection none = MessageSelection.all().reasonContains("nothing like this");
        List<Job> before =
                List.of(test.admin.requeueDeadLetters("orders", none), test.admin.requeueDeadLetters("orders", none));
        Job waiting = test.admin.purge("orders");

        lastChanged31SecondsAgo(jobKey(waiting));

        assertThat(test.admin.job(waiting.id()).orElseThrow().state()).isNotEqualTo(State.INTERRUPTED);
        before.forEach(this::end);
        assertThat(end(waiting).state()).isEqualTo(State.DONE);
    }

    private String jobKey(Job job) {
        return key("job:" + job.id().substring("orders~".length()));
    }

    /** Jobs expire a day after their last change. */
    private void lastChanged31SecondsAgo(String key) {
        test.call("PEXPIRE", key, Duration.ofDays(1).minusSeconds(31).toMillis());
    }

    @Test
    void unknownJobIsEmpty() {
        assertThat(test.admin.job("orders~x")).isEmpty();
        assertThat(test.admin.job("nonsense")).isEmpty();
        assertThat(test.admin.job("no queue~x")).isEmpty();
    }

    @Test
    void selectionIsAuditedWithoutIds() {
        test.admin
                .as("alice", "console")
                .requeueDeadLetters("orders", MessageSelection.all().reasonContains("x"));

        assertThat(test.admin.audit(null, 1).get(0).details()).isEqualTo(Map.of("reasonContains", "x"));
    }
}
