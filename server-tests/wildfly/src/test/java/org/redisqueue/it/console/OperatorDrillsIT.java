// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
import org.redisqueue.it.console.app.DrillListener;

/** What operators do when something is stuck, through each front end. The documentation describes the same drills. */
class OperatorDrillsIT extends OperatorTests {

    private static final int BRANCHES = 2 * FrontEnd.values().length;

    private static DoomedServer doomed;

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

    private static Queue done(Queue queue) {
        return queue(queue.name() + ".done");
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
