// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.console.Operator.Branch;
import org.redisqueue.it.console.Operator.Damage;
import org.redisqueue.it.console.Operator.Entry;
import org.redisqueue.it.console.Operator.HeldMessage;
import org.redisqueue.it.console.Operator.Letter;
import org.redisqueue.it.console.Operator.Listener;
import org.redisqueue.it.console.Operator.Progress;
import org.redisqueue.it.console.Operator.QueueView;
import org.redisqueue.it.console.Operator.Repair;
import org.redisqueue.it.console.Operator.Server;
import org.redisqueue.it.console.app.CountingListener;
import org.redisqueue.it.console.app.DrillListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** What operators do when something is stuck, through each front end. The documentation describes the same drills. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Tag("with-users")
@RunAsClient
class OperatorDrillsIT {

    private static final String APPLICATION = "drills";
    private static final String ORDERS = "drills.orders";
    private static final String TARGET = "drills.target";
    private static final String BUSY = "drills.busy";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final int MANY = 100_000;
    private static final int SOME = 5_000;
    private static final int MILLION = 1_000_000;
    private static final String CAUSE = "connection refused";
    private static final long SLOWEST_MICROS = 10_000;
    private static final int LETTERS_FOR_A_SLOW_CALL = 10_000;
    private static final long LONGEST_CALL_MILLIS = 1_000;
    private static final int ATTEMPTS = 3;
    private static final int BRANCHES = 2 * FrontEnd.values().length;

    private static DoomedServer doomed;

    @ArquillianResource
    @OperateOnDeployment(APPLICATION)
    private URL url;

    private Operator operator;

    @Deployment(name = "console", testable = false)
    static WebArchive console() {
        return Archives.console();
    }

    @Deployment(name = APPLICATION, testable = false)
    static WebArchive application() {
        return Archives.war(
                        "drills.war",
                        Beans.ofDefault()
                                .consuming(ORDERS, DrillListener.class, "maxDeliveries=1")
                                .consuming(TARGET, DrillListener.class, "maxDeliveries=1")
                                .consuming(
                                        BUSY, CountingListener.class, "maxConcurrency=16", "lease=" + LEASE.toMillis()))
                .addPackage(DrillListener.class.getPackage());
    }

    @BeforeAll
    static void startServerThatDies() {
        doomed = DoomedServer.launch();
        doomed.dieInDoubt(queue(DoomedServer.QUEUE), BRANCHES);
    }

    @AfterAll
    static void forgetServerThatDied() {
        Queue undecided = queue(DoomedServer.QUEUE);
        undecided.keys().forEach(key -> undecided.call("DEL", key));
    }

    private void use(FrontEnd frontEnd) {
        closeOperator();
        operator = frontEnd.open(URI.create(url.getProtocol() + "://" + url.getAuthority()));
    }

    @AfterEach
    void close() {
        closeOperator();
        release();
        for (Queue queue : List.of(queue(ORDERS), queue(TARGET), queue(BUSY))) {
            queue.call("DEL", queue.key("paused"));
            await().atMost(PATIENCE).until(queue::isIdle);
            queue.keys().forEach(key -> queue.call("DEL", key));
        }
    }

    private void closeOperator() {
        if (operator != null) {
            operator.close();
            operator = null;
        }
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }

    private static Queue done(Queue queue) {
        return queue(queue.name() + ".done");
    }

    private static void bury(Queue queue, String id, String body) {
        queue.call("SET", queue.key("message:" + id), body);
        queue.call("HSET", queue.key("errors"), id, "{\"reason\":\"" + DrillListener.REASON + "\",\"deliveries\":1}");
        queue.call("ZADD", queue.key("dead"), Long.toString(System.currentTimeMillis()), id);
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void poisonMessageIsFoundCorrectedAndDelivered(FrontEnd frontEnd) {
        use(frontEnd);
        Queue orders = queue(ORDERS);
        String id = "poison-" + frontEnd;
        String corrected = "corrected with " + frontEnd;
        orders.push(id, DrillListener.POISON + " of " + frontEnd);
        await().atMost(PATIENCE).until(() -> orders.dead().contains(id));

        Letter letter = operator.findPoison(ORDERS, "4711");
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.reason()).contains(DrillListener.REASON);
        assertThat(letter.body()).isEqualTo(DrillListener.POISON + " of " + frontEnd);
        operator.editBody(ORDERS, id, corrected);
        assertThat(orders.bodiesOf(List.of(id))).containsExactly(corrected);
        assertThat(operator.requeue(ORDERS, id)).isEqualTo(new Progress(true, 1, 1));

        await().atMost(PATIENCE).until(() -> done(orders).bodies().contains(corrected));
        assertThat(orders.exists(id)).isFalse();
        assertThat(orders.dead()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void deadLettersOfOneCauseAreRequeuedWhileMessagesFlow(FrontEnd frontEnd) {
        use(frontEnd);
        Queue busy = queue(BUSY);
        int letters = frontEnd == FrontEnd.REST ? MANY : SOME;
        // A call that waits for a processor takes long now and then, a call that works too long does so each time
        List<SlowCalls.Call> slow = null;
        for (int i = 0; i < ATTEMPTS && (slow == null || !slow.isEmpty()); i++) {
            slow = requeue(busy, frontEnd, letters);
        }
        assertThat(slow).hasSizeLessThanOrEqualTo(1 + letters / LETTERS_FOR_A_SLOW_CALL);
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
    void queueIsPausedForTenMinutesAndResumed(FrontEnd frontEnd) {
        use(frontEnd);
        Queue orders = queue(ORDERS);

        operator.pause(ORDERS, PAUSE);
        String id = orders.push("paused with " + frontEnd);

        QueueView paused = operator.queue(ORDERS);
        assertThat(paused.paused()).isTrue();
        assertThat(paused.pausedUntil()).isCloseTo(Instant.now().plus(PAUSE), within(20, ChronoUnit.SECONDS));
        assertThat((Long) orders.call("PTTL", orders.key("paused")))
                .isBetween(PAUSE.minusSeconds(20).toMillis(), PAUSE.toMillis());
        await().during(Duration.ofSeconds(1)).until(() -> orders.ready().contains(id));

        operator.resume(ORDERS);

        await().atMost(PATIENCE).until(() -> done(orders).bodies().contains("paused with " + frontEnd));
        assertThat(operator.queue(ORDERS).paused()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void holderOfMessageIsTold(FrontEnd frontEnd) throws UnknownHostException {
        use(frontEnd);
        Queue orders = queue(ORDERS);
        Instant before = Instant.now();
        String id = hang(orders, frontEnd);

        List<HeldMessage> held = operator.held(ORDERS);

        Server server = consumerOf(ORDERS);
        assertThat(held).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo(id);
            assertThat(message.server()).isEqualTo(server.id());
            assertThat(message.host()).isEqualTo(InetAddress.getLocalHost().getHostName());
            assertThat(message.listener()).isEqualTo(listener(server, ORDERS).name());
            assertThat(message.since()).isBetween(before.truncatedTo(ChronoUnit.MILLIS), Instant.now());
        });
        release();
        await().atMost(PATIENCE).until(() -> operator.held(ORDERS).isEmpty());
    }

    /** Makes the listener hang, and returns the id of the message that it processes. */
    private static String hang(Queue orders, FrontEnd frontEnd) {
        orders.call("SET", DrillListener.HANGING, "1");
        String id = orders.push(DrillListener.HANG + " of " + frontEnd);
        await().atMost(PATIENCE).until(() -> !orders.processing().isEmpty());
        return id;
    }

    private static void release() {
        TestRedis.shared().call("DEL", DrillListener.HANGING);
    }

    private Server consumerOf(String queue) {
        return operator.servers().stream()
                .filter(server -> server.alive()
                        && server.listeners().stream()
                                .anyMatch(listener -> listener.queue().equals(queue)))
                .findFirst()
                .orElseThrow();
    }

    private static Listener listener(Server server, String queue) {
        return server.listeners().stream()
                .filter(listener -> listener.queue().equals(queue))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void hangingListenerIsIdentified(FrontEnd frontEnd) {
        use(frontEnd);
        Queue orders = queue(ORDERS);
        await().atMost(PATIENCE)
                .until(() -> listener(consumerOf(ORDERS), ORDERS).active() == 0);
        hang(orders, frontEnd);

        await().atMost(PATIENCE)
                .until(() -> listener(consumerOf(ORDERS), ORDERS).active() == 1);

        Instant since = operator.held(ORDERS).get(0).since();
        assertThat(listener(consumerOf(ORDERS), ORDERS).oldestDeliverySince())
                .isCloseTo(since, within(1, ChronoUnit.SECONDS));
        assertThat(listener(consumerOf(ORDERS), TARGET).oldestDeliverySince()).isNull();
        release();
        await().atMost(PATIENCE)
                .until(() -> listener(consumerOf(ORDERS), ORDERS).oldestDeliverySince() == null);
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void serverWithoutHeartbeatIsIdentified(FrontEnd frontEnd) {
        use(frontEnd);

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(operator.servers())
                        .filteredOn(server -> server.pid() == doomed.pid())
                        .singleElement()
                        .satisfies(server -> {
                            assertThat(server.alive()).isFalse();
                            assertThat(server.stopped()).isFalse();
                            assertThat(server.listeners())
                                    .extracting(Listener::queue)
                                    .containsExactly(DoomedServer.QUEUE);
                        }));
        assertThat(consumerOf(ORDERS).pid()).isNotEqualTo(doomed.pid());
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void branchesOfDeadServerAreDecided(FrontEnd frontEnd) {
        use(frontEnd);
        Queue undecided = queue(DoomedServer.QUEUE);
        List<Branch> branches = operator.inDoubt().stream()
                .filter(branch -> DoomedServer.NODE.equals(branch.owner()))
                .toList();
        Branch first = branches.get(0);
        Branch second = branches.get(1);
        assertThat(first.queue()).isEqualTo(DoomedServer.QUEUE);
        String acknowledged = first.consumed().get(0);
        String returned = second.consumed().get(0);
        String body = undecided.bodiesOf(List.of(acknowledged)).get(0);
        assertThat(done(undecided).bodies()).doesNotContain(body);

        operator.decide(first.xid(), Decision.COMMIT);
        operator.decide(second.xid(), Decision.ROLLBACK);

        assertThat(undecided.exists(acknowledged)).isFalse();
        assertThat(done(undecided).bodies()).contains(body);
        assertThat(undecided.exists(returned)).isTrue();
        assertThat(undecided.processing().entrySet())
                .filteredOn(entry -> entry.getKey().startsWith(returned + " "))
                .singleElement()
                .satisfies(entry -> assertThat(entry.getValue()).isNotEqualTo("inf")); // due for the next consumer
        assertThat(undecided.prepared()).hasSize(branches.size() - 2);
        assertThat(operator.inDoubt()).extracting(Branch::xid).doesNotContain(first.xid(), second.xid());
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void messageIsMovedToAnotherQueue(FrontEnd frontEnd) {
        use(frontEnd);
        Queue orders = queue(ORDERS);
        Queue target = queue(TARGET);
        String id = "moved-" + frontEnd;
        bury(orders, id, "moved with " + frontEnd);
        bury(orders, "stays", "stays");

        assertThat(operator.move(ORDERS, id, TARGET)).isEqualTo(new Progress(true, 1, 1));

        await().atMost(PATIENCE).until(() -> done(target).bodies().contains("moved with " + frontEnd));
        assertThat(orders.dead()).containsExactly("stays");
        assertThat(orders.exists(id)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void queueIsDeletedUnlessItHasConsumers(FrontEnd frontEnd) {
        use(frontEnd);
        Queue old = queue("drills.old." + frontEnd);
        old.pushMany(300);
        bury(old, "letter", "x");
        old.call("SADD", "rq:queues", old.name());

        assertThat(operator.deleteQueue(old.name()).ended()).isTrue();

        assertThat(old.keys()).allMatch(key -> key.startsWith(old.key("job:")));
        assertThat(old.call("SISMEMBER", "rq:queues", old.name())).isEqualTo(0L);
        bury(queue(ORDERS), "consumed", "x");
        assertThatThrownBy(() -> operator.deleteQueue(ORDERS)).hasMessageContaining("consumers");
        assertThat(queue(ORDERS).dead()).containsExactly("consumed");
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void damageIsFoundAndRepairedIfThatIsSafe(FrontEnd frontEnd) {
        use(frontEnd);
        Queue queue = queue("drills.damaged." + frontEnd);
        Damages damages = new Damages(queue);
        damages.cause();
        Duration pause = Duration.ofSeconds(1); // nobody consumes the queue

        List<Damage> found = operator.check(queue.name(), pause);
        Repair repair = operator.repair(queue.name(), pause);

        assertThat(kinds(found)).isEqualTo(Damages.KINDS);
        assertThat(repair.remaining()).extracting(Damage::id).containsExactlyInAnyOrder(Damages.UNSAFE);
        assertThat(repair.repaired()).hasSize(Damages.KINDS.size() - Damages.UNSAFE.length);
        assertThat(queue.dead()).containsExactlyInAnyOrder("orphan", "dead-and-ready", "without-token");
        assertThat(queue.ready()).containsExactlyInAnyOrder("intact", "twice", "counter");
        assertThat(queue.call("EXISTS", queue.key("failures"))).isEqualTo(0L);
        assertThat(queue.processing()).containsOnlyKeys("stranded token");
        assertThat(queue.prepared()).containsOnlyKeys("nonsense");
        damages.clear();
    }

    private static Map<String, org.redisqueue.admin.Finding.Kind> kinds(List<Damage> found) {
        return found.stream().collect(Collectors.toMap(Damage::id, Damage::kind));
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

    @ParameterizedTest
    @EnumSource(FrontEnd.class)
    void auditNamesTheOperator(FrontEnd frontEnd) {
        use(frontEnd);
        String queue = "drills.audited." + frontEnd;

        operator.pause(queue, PAUSE);
        operator.resume(queue);

        List<Entry> entries = operator.audit().stream()
                .filter(entry -> queue.equals(entry.queue()))
                .toList();
        assertThat(entries).extracting(Entry::action).containsExactly("resume", "pause");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.actor()).startsWith(operator.actor());
            assertThat(entry.via()).isEqualTo(operator.via());
        });
    }
}
