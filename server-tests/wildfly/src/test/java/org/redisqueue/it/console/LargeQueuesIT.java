// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.console.Operator.Progress;
import org.redisqueue.it.console.app.CountingListener;
import org.redisqueue.ra.testing.RespConnection;

/** What operators do about large and busy queues: it takes little time, and messages flow meanwhile. */
@Tag("alone") // measures
class LargeQueuesIT extends OperatorTests {

    private static final int MANY = 100_000;
    private static final int SOME = 5_000;
    private static final int MILLION = 1_000_000;
    private static final String CAUSE = "connection refused";
    private static final long SLOWEST_MICROS = 10_000;
    private static final int LETTERS_FOR_A_SLOW_CALL = 10_000;
    private static final long LONGEST_CALL_MILLIS = 1_000;
    private static final int ATTEMPTS = 3;
    private static final int REQUEUES = 5;

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void deadLettersOfOneCauseAreRequeuedWhileMessagesFlow(FrontEnd frontEnd) {
        use(frontEnd);
        Queue busy = queue(BUSY);
        int letters = frontEnd == FrontEnd.REST ? MANY : SOME;
        // Now and then, a call waits for a processor, especially next to a browser; but not of the same script each
        // time.
        Set<String> slow = slowCommands(busy, frontEnd, letters);
        for (int i = 1; i < REQUEUES && !slow.isEmpty(); i++) {
            slow.retainAll(slowCommands(busy, frontEnd, letters));
        }
        assertThat(slow).as("slow in each of %d attempts", REQUEUES).isEmpty();
    }

    /** The commands that took too long while dead letters were requeued; none if they are only a few of many calls. */
    private Set<String> slowCommands(Queue busy, FrontEnd frontEnd, int letters) {
        List<SlowCalls.Call> slow = requeue(busy, frontEnd, letters);
        return slow.size() <= 1 + letters / LETTERS_FOR_A_SLOW_CALL
                ? Set.of()
                : slow.stream().map(SlowCalls.Call::command).collect(Collectors.toSet());
    }

    /** Requeues dead letters of one cause, and returns the calls of Redis that took too long meanwhile. */
    private List<SlowCalls.Call> requeue(Queue busy, FrontEnd frontEnd, int letters) {
        buryMany(busy, letters);
        long deliveredBefore = delivered();
        List<Progress> shown = new ArrayList<>();
        List<SlowCalls.Call> slow;
        long sent;
        try (SlowCalls calls = new SlowCalls();
                Flow flow = Flow.start(busy)) {
            await().atMost(PATIENCE).until(() -> flow.sent() > 1_000);

            Progress result = operator.requeueAll(BUSY, CAUSE, shown::add);

            assertThat(result).isEqualTo(new Progress(true, letters + letters / 10, letters + letters / 10));
            assertThat(flow.perSecond()).isGreaterThan(900);
            System.out.println("Slowest call of Redis while " + letters + " dead letters were requeued with " + frontEnd
                    + ": " + calls.slowest());
            slow = calls.above(SLOWEST_MICROS);
            sent = flow.stop();
        }
        assertThat(busy.dead()).hasSize(letters / 10).allMatch(id -> id.startsWith("kept-"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(delivered() - deliveredBefore).isEqualTo(letters + sent));
        assertThat(shown).extracting(Progress::done).isSorted();
        if (letters == MANY) {
            assertThat(shown.stream().map(Progress::done).distinct()).hasSizeGreaterThan(5);
        }
        return slow;
    }

    /** Creates this number of dead letters of the cause, and a tenth as many of another cause among them. */
    private static void buryMany(Queue queue, int letters) {
        try (RespConnection redis = SlowCalls.connect()) {
            redis.call("DEL", queue.key("dead"), queue.key("errors"));
            redis.call(
                    "EVAL",
                    """
                    for i = 1, ARGV[1] do
                        local kept = i % 11 == 0
                        local id = (kept and 'kept-' or 'requeued-') .. i
                        local reason = kept and 'another cause' or ARGV[2]
                        redis.call('SET', KEYS[1] .. id, 'x')
                        redis.call('HSET', KEYS[2], id, '{"reason":"' .. reason .. '","deliveries":1}')
                        redis.call('ZADD', KEYS[3], i, id)
                    end
                    """,
                    3,
                    queue.key("message:"),
                    queue.key("errors"),
                    queue.key("dead"),
                    letters / 10 * 11,
                    CAUSE);
        }
    }

    private long delivered() {
        return Long.parseLong(ConsoleUser.send(HttpRequest.newBuilder(
                        URI.create(url.toString()).resolve(CountingListener.Count.PATH.substring(1))))
                .body());
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void busyQueueIsNotReportedAsDamaged(FrontEnd frontEnd) {
        use(frontEnd);
        long before = delivered();
        try (Flow flow = Flow.start(queue(BUSY))) {
            assertThat(operator.check(BUSY, LEASE)).isEmpty();
            assertThat(flow.sent()).isGreaterThan(3_000);
        }
        assertThat(delivered()).isGreaterThan(before + 3_000);
    }

    @Test
    void callsAnswerWithinASecondAboutAMillionMessages() {
        Queue large = queue("drills.large");
        eachOfAMillion("redis.call('SET', KEYS[1] .. i, 'x') redis.call('LPUSH', KEYS[2], i)", large);
        large.call("SADD", "rq:queues", large.name());
        bury(large, "letter", "x");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            use(frontEnd);
            assertThat(operator.queue(large.name()).ready()).isEqualTo(MILLION);
            Map<String, Runnable> calls = new LinkedHashMap<>();
            calls.put("queue", () -> operator.queue(large.name()));
            calls.put("findPoison", () -> operator.findPoison(large.name(), "4711"));
            calls.put("editBody", () -> operator.editBody(large.name(), "letter", "y"));
            calls.put("held", () -> operator.held(large.name()));
            calls.put("servers", () -> operator.servers());
            calls.put("inDoubt", () -> operator.inDoubt());
            calls.put("pause", () -> operator.pause(large.name(), PAUSE));
            calls.put("resume", () -> operator.resume(large.name()));
            calls.put("audit", () -> operator.audit());
            boolean startsProcesses = frontEnd == FrontEnd.COMMAND_LINE; // one or two for each call
            Map<String, Long> millis = fastestMillis(calls, startsProcesses ? 1 : ATTEMPTS);
            System.out.println("Calls about a million messages with " + frontEnd + " in milliseconds: " + millis);
            long responses = frontEnd == FrontEnd.PAGE ? 2 : 1; // the page loads a view before each request
            if (!startsProcesses) {
                assertThat(millis.values()).allMatch(each -> each < responses * LONGEST_CALL_MILLIS);
            }
        }
        eachOfAMillion("redis.call('DEL', KEYS[1] .. i)", large);
        large.keys().forEach(key -> large.call("DEL", key));
        large.call("SREM", "rq:queues", large.name());
    }

    /** Runs a command for each number, in batches that end before the connection gives up. */
    private static void eachOfAMillion(String command, Queue queue) {
        for (int from = 0; from < MILLION; from += MANY) {
            queue.call(
                    "EVAL",
                    "for i = ARGV[1] + 1, ARGV[1] + ARGV[2] do " + command + " end",
                    2,
                    queue.key("message:"),
                    queue.key("ready"),
                    from,
                    MANY);
        }
    }

    /**
     * How long each call takes. Repeats all of them in their order if one takes long, because it may have waited for a
     * processor.
     */
    private static Map<String, Long> fastestMillis(Map<String, Runnable> calls, int attempts) {
        Map<String, Long> fastest = new LinkedHashMap<>();
        for (int i = 0; i < attempts && (i == 0 || Collections.max(fastest.values()) >= LONGEST_CALL_MILLIS); i++) {
            calls.forEach((name, call) -> fastest.merge(name, millis(call), Math::min));
        }
        return fastest;
    }

    private static long millis(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1_000_000;
    }
}
