// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.QueueModel.NOBODY;
import static org.redisqueue.ra.protocol.TestQueue.LEASE;
import static org.redisqueue.ra.protocol.TestQueue.MAX_ABANDONED;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.redisqueue.ra.protocol.FaultyTransport.Sent;
import org.redisqueue.ra.protocol.QueueModel.Entry;
import org.redisqueue.ra.protocol.QueueModel.State;
import org.redisqueue.ra.testing.TestRedis;

/** Runs steps against Redis and against the model, and compares the two after each. */
final class Simulation {

    static final int CONSUMERS = 3;
    static final int QUEUES = 2;
    static final int BRANCHES = 3;

    /** The work of a prepared branch. */
    private record Branch(String home, List<Lease> consumed, List<SendRequest> sent) {}

    private static final int EXECUTED = 0;
    private static final int LATE = 5;
    private static final long LATER_MILLIS = 3_600_000;

    private final FaultyTransport wire = FaultyOperations.SHARED.wire();
    private final QueueOperations operations = FaultyOperations.SHARED.operations();
    private final List<TestQueue> queues = Stream.generate(() -> TestQueue.create(TestRedis.shared(), operations))
            .limit(QUEUES)
            .toList();
    private final List<String> names = queues.stream().map(queue -> queue.name).toList();
    private final String topic = names.get(0) + ".topic";
    private final Set<String> bound = new HashSet<>();
    private final OperatorSteps operator =
            new OperatorSteps(operations, queues, () -> this.models, value -> this.completed.add(value));
    private List<QueueModel> models =
            Stream.generate(QueueModel::new).limit(QUEUES).toList();
    private final List<List<Lease>> leases =
            Stream.<List<Lease>>generate(ArrayList::new).limit(CONSUMERS).toList();
    private Map<String, Branch> branches = new HashMap<>();
    private Set<String> completed = new HashSet<>();
    private final Map<Integer, String> latestBranches = new HashMap<>();
    private final List<Step> history = new ArrayList<>();
    private int serial;
    private Moment replica;
    private boolean failoverIsDue;

    /** The state of Redis and of the model at a moment, and the number of messages sent until then. */
    private record Moment(
            LaggingReplica redis,
            List<QueueModel> models,
            Map<String, Branch> branches,
            Set<String> completed,
            int transmissions) {}

    Simulation() {
        wire.sent().clear();
    }

    List<Step> history() {
        return history;
    }

    void run(Step step) {
        history.add(step);
        if (step instanceof Step.Send send) {
            send(send);
        } else if (step instanceof Step.Produce produce) {
            produce(produce.queue());
        } else if (step instanceof Step.ProduceWithOptions produce) {
            produceWithOptions(produce.message());
        } else if (step instanceof Step.Bind bind) {
            bound.add(names.get(bind.queue()));
            result(operations.topics().bind(topic, names.get(bind.queue())));
        } else if (step instanceof Step.Unbind unbind) {
            bound.remove(names.get(unbind.queue()));
            result(operations.topics().unbind(topic, names.get(unbind.queue())));
        } else if (step instanceof Step.Cancel cancel) {
            cancel(cancel);
        } else if (step instanceof Step.TimeComes comes) {
            timeComes(comes);
        } else if (step instanceof Step.Claim claim) {
            claim(claim);
        } else if (step instanceof Step.OfOperator change) {
            operator.run(change);
        } else if (step instanceof Step.Renew renew) {
            renew(renew);
        } else if (step instanceof Step.Acknowledge acknowledge) {
            acknowledge(acknowledge);
        } else if (step instanceof Step.TakeBack takeBack) {
            takeBack(takeBack);
        } else if (step instanceof Step.Redeliver redeliver) {
            redeliver(redeliver);
        } else if (step instanceof Step.Release release) {
            release(release);
        } else if (step instanceof Step.Arrive arrive) {
            arrive(arrive);
        } else if (step instanceof Step.PassOn passOn) {
            passOn(passOn);
        } else if (step instanceof Step.Prepare prepare) {
            prepare(prepare);
        } else if (step instanceof Step.Commit commit) {
            commit(commit);
        } else if (step instanceof Step.Rollback rollback) {
            rollback(rollback);
        } else if (step instanceof Step.Forget forget) {
            forget(forget);
        } else if (step instanceof Step.Crash crash) {
            leases.get(crash.consumer()).clear();
        } else if (step instanceof Step.WindowsEnd end) {
            windowsEnd(end.queue());
        } else if (step instanceof Step.TimePasses passes) {
            timePasses(passes);
        } else if (step instanceof Step.Lose lose) {
            wire.failNext(lose.faults().toArray(FaultyTransport.Fault[]::new));
        } else if (step instanceof Step.Duplicate duplicate) {
            duplicate(duplicate);
        } else if (step instanceof Step.ReceiptsExpire) {
            receiptsExpire();
        } else if (step instanceof Step.ReplicaFallsBehind) {
            replicaFallsBehind();
        } else if (step instanceof Step.Failover failover) {
            failover(failover);
        }
        check();
    }

    private void send(Step.Send step) {
        List<SendRequest> sent = step.ids().stream()
                .map(id -> message(new Step.Message(step.queue(), id, step.later(), 0)))
                .toList();

        List<SendRequest> duplicates = call(step.again(), List.copyOf(sent), () -> operations.send(sent));

        assertThat(duplicates).isEqualTo(publish(sent, new ArrayList<>()));
    }

    private void produce(int number) {
        TestQueue queue = queues.get(number);
        String id = "p" + serial++;
        queue.callAll(List.of(
                new Object[] {"MULTI"},
                new Object[] {"SET", queue.key("message:" + id), "value " + id},
                new Object[] {"LPUSH", queue.key("ready"), id},
                new Object[] {"EXEC"}));
        models.get(number).store(id, "value " + id);
        models.get(number).ready.add(id);
    }

    private void produceWithOptions(Step.Message given) {
        SendRequest message = message(given);
        TestQueue queue = queues.get(given.queue());
        List<Object> words = new ArrayList<>(List.of("EVAL", Script.ACKNOWLEDGE.source(), "7"));
        Stream.of("lane:none", "processing", "failures", "abandoned", "expiry", "ready", "message:" + message.id())
                .map(queue::key)
                .forEach(words::add);
        String options =
                message.options().isEmpty() ? "0" : "0 " + message.options().json();
        words.addAll(
                List.of("", "0", "1", "1", "0", "1", "0", "1", message.id(), options, text(message), "0", "1", "1"));

        Object reply = queue.call(words.toArray());

        boolean sent = false;
        if (refused(List.of(message)).isEmpty()) {
            List<KeyConflict> dropped = new ArrayList<>();
            sent = publish(List.of(message), dropped).isEmpty() && dropped.isEmpty();
        }
        assertThat(reply.equals(0L)).as("nothing to report in %s", reply).isEqualTo(sent);
    }

    private void cancel(Step.Cancel step) {
        String id = "m" + step.id();
        String queue = names.get(step.queue());

        boolean canceled = call(step.again(), false, () -> operations.schedule().cancel(queue, id));

        assertThat(canceled).isEqualTo(models.get(step.queue()).cancel(id));
    }

    private void timeComes(Step.TimeComes step) {
        QueueModel model = models.get(step.queue());
        pick(List.copyOf(model.scheduled), List.of(step.pick())).forEach(id -> timeComes(step.queue(), id));
    }

    private void timeComes(int number, String id) {
        TestQueue queue = queues.get(number);
        queue.call("ZADD", queue.key("scheduled"), "XX", Integer.toString(1 + serial++), id);
        models.get(number).scheduled.remove(id);
        models.get(number).publishable.add(id);
    }

    private void claim(Step.Claim step) {
        QueueModel model = models.get(step.queue());
        int limit = model.permitted(step.limit());
        Set<String> before = Set.copyOf(model.prioritized);
        ClaimResult claim = queues.get(step.queue()).claim(step.limit());
        assertThat(claim.paused()).as("paused").isEqualTo(model.paused);
        if (model.paused) {
            assertThat(claim.found()).as("claimed although the queue is paused").isZero();
            return;
        }
        if (limit == 0) {
            assertThat(claim.found())
                    .as("claimed although the limits are reached")
                    .isZero();
            checkLimits(claim, model);
            return;
        }
        model.publish();
        Set<String> fresh = new HashSet<>(model.prioritized); // published by this claim, for the next one
        fresh.removeAll(before);

        Set<String> taken = new LinkedHashSet<>(TestQueue.ids(claim));
        taken.addAll(claim.deadLettered().keySet());
        assertThat(taken)
                .as("claimed once each")
                .hasSize(claim.messages().size() + claim.deadLettered().size());
        assertThat(claim.gone()).isEmpty();
        checkWakeUps(queues.get(step.queue()), claim);

        List<Entry> overdue = model.overdue();
        List<Entry> takenOver =
                overdue.stream().filter(entry -> taken.contains(entry.id)).toList();
        int fromOverdue = takenOver.size();
        List<String> candidates = model.readyWithout(fresh);
        int rest = limit - candidates.size();
        assertThat(fromOverdue)
                .as("half of the claim, or what the other side leaves")
                .isBetween(
                        Math.min(overdue.size(), Math.max(limit / 2, rest)),
                        Math.min(overdue.size(), Math.max((limit + 1) / 2, rest)));
        int fromReady = Math.min(candidates.size(), limit - fromOverdue);
        List<String> next = candidates.subList(0, fromReady);
        assertThat(taken)
                .as("then the most urgent and oldest")
                .hasSize(fromOverdue + fromReady)
                .containsAll(next);
        assertThat(TestQueue.ids(claim).stream().filter(next::contains))
                .as("in their order")
                .isEqualTo(next);

        model.ready.removeAll(next);
        model.prioritized.removeAll(next);
        int left = model.ready.size();
        for (Entry entry : takenOver) {
            model.processing.remove(entry.id + ' ' + entry.token);
            if (!entry.token.equals(NOBODY)) {
                model.abandoned.merge(entry.id, 1, Integer::sum);
            }
            boolean over = model.abandoned.getOrDefault(entry.id, 0) > MAX_ABANDONED;
            assertThat(claim.deadLettered().containsKey(entry.id)).isEqualTo(over);
            if (over) {
                model.deadLetter(entry.id);
            }
        }
        operator.sortAsRedis(step.queue(), left); // the next messages of the groups of dead letters
        for (ClaimedMessage message : claim.messages()) {
            String id = message.lease().id();
            assertThat(new String(message.value(), StandardCharsets.UTF_8)).isEqualTo(model.values.get(id));
            assertThat(message.failures()).isEqualTo(model.failures.getOrDefault(id, 0));
            assertThat(message.abandoned()).isEqualTo(model.abandoned.getOrDefault(id, 0));
            model.enter(id, message.lease().token(), State.HELD);
            leases.get(step.consumer()).add(message.lease());
        }
        model.count(claim.messages().size());
        checkLimits(claim, model);
    }

    private static void checkLimits(ClaimResult claim, QueueModel model) {
        assertThat(claim.limits().full()).as("the queue is full").isEqualTo(model.isFull());
        assertThat(claim.limits().restMillis() > 0)
                .as("no message is left in this hour")
                .isEqualTo(model.isUsedUp());
    }

    private void renew(Step.Renew step) {
        QueueModel model = models.get(step.queue());
        List<Lease> asked = leases.get(step.consumer()).stream()
                .filter(lease -> lease.queue().equals(names.get(step.queue())))
                .toList();

        List<Lease> lost = result(operations.renew(names.get(step.queue()), asked, LEASE));

        assertThat(lost)
                .isEqualTo(asked.stream()
                        .filter(lease -> !model.processing.containsKey(lease.member()))
                        .toList());
        for (Lease lease : asked) {
            if (model.isHeld(lease)) {
                model.processing.get(lease.member()).state = State.HELD;
            }
        }
    }

    /** What the adapter sends: a message that is published is one for each queue that is bound to the topic. */
    private List<SendRequest> messages(List<Step.Message> sent) {
        List<String> targets = result(operations.topics().queues(topic));
        assertThat(targets).as("bound to the topic").containsExactlyInAnyOrderElementsOf(bound);
        return sent.stream()
                .flatMap(message -> message.queue() < QUEUES
                        ? Stream.of(message)
                        : targets.stream().map(queue -> message.to(names.indexOf(queue))))
                .map(this::message)
                .toList();
    }

    private void acknowledge(Step.Acknowledge step) {
        List<Lease> consumed = pick(leases.get(step.consumer()), step.picks());
        List<SendRequest> sent = messages(step.sent());

        AcknowledgmentResult done = call(false, null, () -> operations.acknowledge(consumed, sent));

        List<Lease> lost = notHeld(consumed);
        assertThat(done.lost()).isEqualTo(lost);
        List<KeyConflict> refused = lost.isEmpty() ? refused(sent) : List.of();
        assertThat(done.refused()).isEqualTo(refused);
        if (lost.isEmpty() && refused.isEmpty()) {
            consumed.forEach(lease -> model(lease).leave(lease.id()));
            List<KeyConflict> dropped = new ArrayList<>();
            assertThat(done.duplicates()).isEqualTo(publish(sent, dropped));
            assertThat(done.dropped()).isEqualTo(dropped);
            consumed.forEach(this::complete);
        }
        if (step.again() && !(consumed.isEmpty() && sent.isEmpty())) {
            check();
            AcknowledgmentResult second = result(operations.acknowledge(consumed, sent));
            assertThat(second.done())
                    .isEqualTo(consumed.isEmpty() && refused(sent).isEmpty());
        }
    }

    private void takeBack(Step.TakeBack step) {
        String queue = names.get(step.queue());
        Stream<TakeBackRequest> possible = step.waiting()
                ? models.get(step.queue()).processing.values().stream()
                        .filter(entry -> entry.token.equals(NOBODY))
                        .map(entry -> TakeBackRequest.ofWaiting(queue, entry.id, step.counted(), step.remaining()))
                : leases.get(step.consumer()).stream()
                        .filter(lease -> lease.queue().equals(queue))
                        .map(lease -> new TakeBackRequest(
                                queue, lease.id(), lease.token(), step.counted(), step.remaining()));
        for (TakeBackRequest request : pick(possible.toList(), List.of(step.pick()))) {
            List<TakeBackRequest> one = List.of(request);

            List<TakeBackRequest> leftAlone = call(step.again(), one, () -> operations.takeBack(one));

            boolean done = models.get(step.queue()).takeBack(request);
            assertThat(leftAlone).isEqualTo(done ? List.of() : one);
        }
    }

    private CompletableFuture<RedeliveryResult> redeliver(Lease lease, int maxDeliveries) {
        return maxDeliveries == 0
                ? operations.deadLetter(lease, "it failed")
                : operations.redeliver(lease, LEASE, maxDeliveries, "it failed");
    }

    private void redeliver(Step.Redeliver step) {
        for (Lease lease : pick(leases.get(step.consumer()), List.of(step.pick()))) {
            RedeliveryResult outcome = call(false, null, () -> redeliver(lease, step.maxDeliveries()));

            QueueModel model = model(lease);
            if (!model.isHeld(lease)) {
                assertThat(outcome).isEqualTo(RedeliveryResult.LOST);
                continue;
            }
            model.processing.remove(lease.member());
            int failures = model.failures.merge(lease.id(), 1, Integer::sum);
            if (failures >= step.maxDeliveries()) {
                assertThat(outcome).isEqualTo(RedeliveryResult.DEAD);
                model.deadLetter(lease.id());
            } else {
                assertThat(outcome).isEqualTo(RedeliveryResult.WAITING);
                model.enter(lease.id(), NOBODY, State.HELD);
            }
            if (step.again()) {
                assertThat(result(redeliver(lease, step.maxDeliveries()))).isEqualTo(RedeliveryResult.LOST);
            }
        }
    }

    private void release(Step.Release step) {
        String queue = names.get(step.queue());
        QueueModel model = models.get(step.queue());
        List<Lease> given = pick(
                leases.get(step.consumer()).stream()
                        .filter(lease -> lease.queue().equals(queue))
                        .toList(),
                step.picks());
        List<Lease> held = given.stream().filter(model::isHeld).toList();

        long released = result(operations.release(queue, given));

        assertThat(released).isEqualTo(held.size());
        model.count(-held.size());
        for (int i = held.size() - 1; i >= 0; i--) {
            model.processing.remove(held.get(i).member());
            model.release(held.get(i).id());
        }
        if (step.again()) {
            assertThat(result(operations.release(queue, given))).isZero();
        }
    }

    /** A wait takes the next id from ready; which of the ready messages is delivered first does not change. */
    private void arrive(Step.Arrive step) {
        TestQueue queue = queues.get(step.queue());
        queue.call("LMOVE", queue.key("ready"), queue.key("arrived"), "RIGHT", "LEFT");
    }

    private void passOn(Step.PassOn step) {
        QueueModel model = models.get(step.queue());
        TestQueue queue = queues.get(step.queue());

        boolean work = result(operations.waits().passOn(names.get(step.queue()), false, ClaimingListener.NONE))
                .work();

        assertThat(work)
                .as("there are messages that no wait would find")
                .isEqualTo(queue.list("arrived").stream().anyMatch(id -> !id.isEmpty())
                        || !model.prioritized.isEmpty()
                        || !model.overdue().isEmpty()
                        || !model.publishable.isEmpty());
        if (work) {
            assertThat(queue.list("ready")).isNotEmpty();
        }
    }

    /** A consumer that waits is woken whenever there is something that it could claim. */
    private static void checkWakeUps(TestQueue queue, ClaimResult claim) {
        List<String> left = new ArrayList<>(queue.list("arrived"));
        boolean due = claim.dueInMillis().isPresent() && claim.dueInMillis().getAsLong() == 0;
        left.addAll(queue.prioritized());
        if (due || left.stream().anyMatch(id -> !id.isEmpty())) {
            assertThat(queue.list("ready"))
                    .as("the next waiting consumer is woken")
                    .isNotEmpty();
        }
        assertThat(claim.more())
                .as("more")
                .isIn(true, due || !left.isEmpty() || !queue.ready().isEmpty());
    }

    private void prepare(Step.Prepare step) {
        Optional<String> inUse = preparedBranch(step.branch());
        String branch = inUse.orElseGet(() -> "branch-" + step.branch() + "-" + serial++);
        latestBranches.put(step.branch(), branch);
        List<Lease> consumed = pick(leases.get(step.consumer()), step.picks());
        List<SendRequest> sent = messages(step.sent());
        if (inUse.isPresent()) {
            String home = home(branch);
            assertThatThrownBy(() -> result(operations.prepare(branch, home, consumed, sent)))
                    .as("the id of a prepared branch is in use")
                    .isInstanceOf(RedisCallException.class);
            return;
        }
        String home = consumed.isEmpty() ? names.get(0) : consumed.get(0).queue();

        PreparationResult preparation = call(false, null, () -> operations.prepare(branch, home, consumed, sent));

        assertThat(preparation.lost()).isEqualTo(notHeld(consumed));
        if (preparation.lost().isEmpty()) {
            assertThat(preparation.refused()).isEqualTo(refused(firstOfEachId(sent)));
        }
        if (preparation.done()) {
            List<SendRequest> staged = sent.stream()
                    .filter(message -> model(message).staged.add(staged(branch, message)))
                    .toList();
            branches.put(branch, new Branch(home, consumed, staged));
            staged.stream()
                    .filter(Simulation::rollsBack)
                    .forEach(message ->
                            model(message).keys.putIfAbsent(key(message), message.id() + ' ' + home + ' ' + branch));
            consumed.forEach(lease -> model(lease).processing.get(lease.member()).state = State.PREPARED);
        }
    }

    private String home(String branch) {
        return branches.containsKey(branch) ? branches.get(branch).home() : names.get(0);
    }

    private void commit(Step.Commit step) {
        String id = branch(step.branch());
        String home = home(id);
        boolean done = call(
                step.again(), false, () -> operations.commit(id, home, false).thenApply(BranchEndResult.DONE::equals));

        Optional<Branch> ended = end(id, home);
        assertThat(done).isEqualTo(ended.isPresent());
        ended.ifPresent(branch -> {
            branch.consumed().forEach(lease -> model(lease).leave(lease.id()));
            branch.consumed().forEach(this::complete);
            publish(branch.sent(), new ArrayList<>());
        });
    }

    private void rollback(Step.Rollback step) {
        rollback(branch(step.branch()), step.consumerIsGone(), step.again());
    }

    private void rollback(String id, boolean consumerIsGone, boolean again) {
        String home = home(id);
        long lease = consumerIsGone ? 0 : LEASE;
        boolean done = call(
                again,
                false,
                () -> operations.rollback(id, home, false, lease).thenApply(BranchEndResult.DONE::equals));

        Optional<Branch> ended = end(id, home);
        assertThat(done).isEqualTo(ended.isPresent());
        State state = consumerIsGone ? State.OVERDUE : State.HELD;
        ended.ifPresent(branch ->
                branch.consumed().forEach(held -> model(held).processing.get(held.member()).state = state));
    }

    private void forget(Step.Forget step) {
        String id = branch(step.branch());
        String home = home(id);
        boolean done = result(operations.forget(id, home));
        if (step.again()) {
            assertThat(result(operations.forget(id, home))).isFalse();
        }

        Optional<Branch> ended = end(id, home);
        assertThat(done).isEqualTo(ended.isPresent());
        ended.ifPresent(branch -> {
            for (Lease lease : branch.consumed()) {
                model(lease).processing.remove(lease.member());
                model(lease).deadLetter(lease.id());
            }
            for (SendRequest message : branch.sent()) {
                if (model(message).store(message.id(), text(message))) {
                    model(message).deadLetterUnpublished(message.id());
                }
            }
        });
    }

    /** Removes a branch and its staged messages from the model; empty if the branch is not prepared in it. */
    private Optional<Branch> end(String id, String home) {
        if (!branches.containsKey(id) || !home(id).equals(home)) {
            return Optional.empty();
        }
        Branch branch = branches.remove(id);
        branch.sent().forEach(message -> model(message).staged.remove(staged(id, message)));
        models.forEach(model -> model.keys.values().removeIf(value -> value.endsWith(' ' + home + ' ' + id)));
        return Optional.of(branch);
    }

    private void duplicate(Step.Duplicate step) {
        for (Sent sent : pick(wire.sent(), List.of(step.pick()))) {
            assertThat(wire.deliverDuplicate(sent))
                    .as("a duplicate is not executed")
                    .isNotEqualTo(EXECUTED);
        }
    }

    private void receiptsExpire() {
        for (Object lane : (List<?>) queues.get(0).call("KEYS", FaultyOperations.SHARED.lanes())) {
            queues.get(0).call("DEL", lane);
        }
        wire.sent()
                .forEach(
                        sent -> assertThat(wire.deliverDuplicate(delayed(sent))).isEqualTo(LATE));
        wire.sent().clear();
        replica = null; // and so has what it would lose
    }

    /** What arrives after patience has ended: instead of the clock of Redis going on, its deadline is earlier. */
    private static Sent delayed(Sent sent) {
        List<Object> arguments = new ArrayList<>(sent.arguments());
        long deadline = Long.parseLong(arguments.get(1).toString());
        arguments.set(1, Long.toString(deadline - FaultyOperations.PATIENCE.toSeconds() - 2));
        return new Sent(sent.work(), sent.keys(), arguments);
    }

    private void replicaFallsBehind() {
        List<String> patterns = new ArrayList<>(List.of(FaultyOperations.SHARED.lanes()));
        queues.forEach(queue -> patterns.add(queue.key("*")));
        replica = new Moment(
                new LaggingReplica(TestRedis.shared(), patterns),
                copies(models),
                new HashMap<>(branches),
                new HashSet<>(completed),
                wire.sent().size());
    }

    private static List<QueueModel> copies(List<QueueModel> models) {
        return models.stream().map(QueueModel::copy).toList();
    }

    private void failover(Step.Failover step) {
        if (step.duringNextCall()) {
            failoverIsDue = replica != null;
        } else if (replica != null) {
            promoteReplica();
        }
    }

    /** Undoes in the model what the replica has not received. Requests sent then may still arrive, and are ignored. */
    private void promoteReplica() {
        replica.redis().promote();
        models = copies(replica.models());
        branches = new HashMap<>(replica.branches());
        completed = new HashSet<>(replica.completed());
        wire.sent().subList(replica.transmissions(), wire.sent().size()).clear();
        failoverIsDue = false;
    }

    private void timePasses(Step.TimePasses step) {
        List<Entry> waiting = models.get(step.queue()).processing.values().stream()
                .filter(entry -> entry.state == State.HELD)
                .toList();
        for (Entry entry : pick(waiting, List.of(step.pick()))) {
            queues.get(step.queue()).letTimePass(entry.id + ' ' + entry.token);
            entry.state = State.OVERDUE;
        }
    }

    private void windowsEnd(int number) {
        QueueModel model = models.get(number);
        List.copyOf(model.keys.entrySet()).stream()
                .filter(entry -> !entry.getValue().contains(" ")) // a reservation has no window
                .map(Map.Entry::getKey)
                .forEach(key -> {
                    queues.get(number).call("DEL", queues.get(number).key("dedup:" + key));
                    model.keys.remove(key);
                });
    }

    /** Ends all branches and consumes all messages: each is delivered once, and nothing remains. */
    void workOff() {
        failoverIsDue = false;
        leases.forEach(List::clear);
        List.copyOf(branches.keySet()).forEach(branch -> rollback(branch, true, false));
        for (int i = 0; i < QUEUES; i++) {
            run(new Step.Limit(i, 0, false));
            run(new Step.Block(i, false));
            run(new Step.Pause(i, false));
            run(new Step.Examine(i));
            QueueModel model = models.get(i);
            for (Entry entry : model.processing.values()) {
                queues.get(i).letTimePass(entry.id + ' ' + entry.token);
                entry.state = State.OVERDUE;
            }
            for (String id : List.copyOf(model.scheduled)) {
                timeComes(i, id);
            }
            for (int left = left(model); left > 0; left = left(model)) {
                run(new Step.Claim(0, i, left));
                run(new Step.Acknowledge(0, all(leases.get(0).size()), List.of(), false));
                leases.get(0).clear();
            }
            assertThat(model.waiting()).isEmpty();
            assertThat(model.heads).isEmpty();
            assertThat(model.readyWithout(Set.of())).isEmpty();
            assertThat(model.processing).isEmpty();
            assertThat(model.values.keySet()).as("what is left is dead").isEqualTo(model.dead);
        }
    }

    private static int left(QueueModel model) {
        return model.ready.size() + model.prioritized.size() + model.publishable.size() + model.processing.size();
    }

    void delete() {
        wire.heal();
        if (replica != null) {
            replica.redis().delete();
        }
        queues.forEach(queue -> queue.everything().keySet().forEach(key -> queue.call("DEL", key)));
        names.forEach(name -> result(operations.topics().unbind(topic, name)));
        names.forEach(name -> queues.get(0).call("SREM", "rq:queues", name));
    }

    // The invariants, and the model

    private void check() {
        Set<String> prepared = new HashSet<>();
        queues.forEach(queue -> prepared.addAll(queue.prepared().keySet()));
        assertThat(prepared).as("prepared branches").isEqualTo(branches.keySet());
        for (int i = 0; i < QUEUES; i++) {
            check(queues.get(i), models.get(i));
        }
    }

    private void check(TestQueue queue, QueueModel model) {
        List<Object> found = queue.callAll(List.of(
                new Object[] {"LRANGE", queue.key("ready"), "0", "-1"},
                new Object[] {"LRANGE", queue.key("arrived"), "0", "-1"},
                new Object[] {"ZRANGE", queue.key("processing"), "0", "-1", "WITHSCORES"},
                new Object[] {"ZRANGE", queue.key("dead"), "0", "-1"},
                new Object[] {"HGETALL", queue.key("failures")},
                new Object[] {"HGETALL", queue.key("abandoned")},
                new Object[] {"KEYS", queue.key("message:*")},
                new Object[] {"KEYS", queue.key("staged:*")},
                new Object[] {"ZRANGE", queue.key("scheduled"), "0", "-1"},
                new Object[] {"KEYS", queue.key("dedup:*")},
                new Object[] {"HGETALL", queue.key("heads")},
                new Object[] {"HKEYS", queue.key("attributes")},
                new Object[] {"ZRANGE", queue.key("prioritized"), "0", "-1"}));
        Map<String, Object> keys = new TreeMap<>();
        TestQueue.texts(found.get(9))
                .forEach(key -> keys.put(key.substring(queue.key("dedup:").length()), queue.call("GET", key)));
        assertThat(keys).as("deduplication keys").isEqualTo(model.keys);
        List<String> ready = TestQueue.inOrder(TestQueue.texts(found.get(0)), TestQueue.texts(found.get(1)));
        Map<String, String> processing = TestQueue.pairs(found.get(2));
        List<String> dead = TestQueue.texts(found.get(3));
        String prefix = queue.key("message:");
        List<String> messages = TestQueue.texts(found.get(6)).stream()
                .map(key -> key.substring(prefix.length()))
                .toList();

        List<String> staged = TestQueue.texts(found.get(7)).stream()
                .map(key -> key.substring(queue.key("staged:").length()))
                .toList();

        List<String> scheduled = TestQueue.texts(found.get(8));
        List<String> places = new ArrayList<>(ready);
        List<String> prioritized = TestQueue.texts(found.get(12));
        places.addAll(prioritized);
        places.addAll(scheduled);
        processing.keySet().forEach(member -> places.add(member.substring(0, member.indexOf(' '))));
        places.addAll(dead);
        List<String> waiting = queue.waiting();
        places.addAll(waiting);
        assertThat(places)
                .as(
                        "each message that exists is in exactly one place of ready %s, prioritized %s, waiting %s,"
                                + " scheduled %s, processing %s, dead %s",
                        ready, prioritized, waiting, scheduled, processing, dead)
                .containsExactlyInAnyOrderElementsOf(messages);

        assertThat(messages).as("messages").containsExactlyInAnyOrderElementsOf(model.values.keySet());
        assertThat(ready).as("ready").isEqualTo(model.ready);
        assertThat(prioritized).as("prioritized").isEqualTo(model.prioritized);
        assertThat(prioritized.isEmpty() || (Long) queue.call("EXISTS", queue.key("ready"), queue.key("arrived")) > 0)
                .as("a consumer notices the messages with a priority")
                .isTrue();
        List<String> expected = new ArrayList<>(model.publishable);
        expected.addAll(model.scheduled);
        assertThat(scheduled).as("scheduled").containsExactlyInAnyOrderElementsOf(expected);
        assertThat(waiting).as("waiting").isEqualTo(model.waiting());
        assertThat(TestQueue.pairs(found.get(10))).as("heads").isEqualTo(model.heads);
        assertThat(TestQueue.texts(found.get(11)))
                .as("messages with a group or a priority")
                .containsExactlyInAnyOrderElementsOf(messages.stream()
                        .filter(id -> QueueModel.group(id) != null || QueueModel.priority(id) != 0)
                        .toList());
        assertThat(processing.keySet()).as("processing").isEqualTo(model.processing.keySet());
        assertThat(dead).as("dead").containsExactlyInAnyOrderElementsOf(model.dead);
        assertThat(staged).as("staged").containsExactlyInAnyOrderElementsOf(model.staged);
        assertThat(numbers(found.get(4))).as("failures").isEqualTo(model.failures);
        assertThat(numbers(found.get(5))).as("abandoned").isEqualTo(model.abandoned);
        model.processing.forEach(
                (member, entry) -> assertThat(processing.get(member).equals("inf"))
                        .as("prepared: %s", member)
                        .isEqualTo(entry.state == State.PREPARED));
        if (!messages.isEmpty()) {
            List<Object> get = new ArrayList<>(List.of("MGET"));
            messages.forEach(id -> get.add(prefix + id));
            List<String> values = TestQueue.texts(queue.call(get.toArray()));
            assertThat(values).as("nothing acknowledged comes back").noneMatch(completed::contains);
            for (int i = 0; i < values.size(); i++) {
                assertThat(values.get(i)).isEqualTo(model.values.get(messages.get(i)));
            }
        }
    }

    /** The name of a message while its branch is prepared. */
    private static String staged(String branch, SendRequest message) {
        return branch + ':' + message.id();
    }

    private static String text(SendRequest message) {
        return new String(message.value(), StandardCharsets.UTF_8);
    }

    /**
     * Makes a numbered call, during which a failover may happen that is due. If asked to, makes the same one again, which
     * must say this.
     */
    private <T> T call(boolean again, T expected, Supplier<CompletableFuture<T>> operation) {
        if (failoverIsDue) {
            wire.failNext(FaultyTransport.Fault.REPLY_LOST);
            wire.beforeRetransmission(() -> {
                wire.beforeRetransmission(() -> {});
                promoteReplica();
            });
        }
        T outcome = result(operation.get());
        wire.beforeRetransmission(() -> {});
        if (again) {
            assertThat(result(operation.get())).as("the same call again").isEqualTo(expected);
        }
        return outcome;
    }

    private void complete(Lease lease) {
        String value = model(lease).values.get(lease.id());
        if (value != null) {
            completed.add(value);
        }
        model(lease).complete(lease.id(), lease.token());
    }

    /** The messages because of whose deduplication keys a transaction cannot commit. */
    private List<KeyConflict> refused(List<SendRequest> sent) {
        return sent.stream()
                .filter(message ->
                        rollsBack(message) && model(message).holder(message).isPresent())
                .map(message -> new KeyConflict(message, model(message).kept(message)))
                .toList();
    }

    private static List<SendRequest> firstOfEachId(List<SendRequest> sent) {
        Set<String> ids = new HashSet<>();
        return sent.stream()
                .filter(message -> ids.add(message.queue() + ' ' + message.id()))
                .toList();
    }

    private static boolean rollsBack(SendRequest message) {
        Deduplication deduplication = message.options().deduplication();
        return deduplication != null && deduplication.rollback();
    }

    private static String key(SendRequest message) {
        return message.deduplicationKey().orElseThrow();
    }

    /** Delivers messages in the model, unless others have their deduplication keys; returns the duplicates. */
    private List<SendRequest> publish(List<SendRequest> sent, List<KeyConflict> dropped) {
        List<SendRequest> duplicates = new ArrayList<>();
        for (SendRequest message : sent) {
            QueueModel model = model(message);
            Optional<String> kept = model.kept(message);
            if (kept.isPresent()) {
                dropped.add(new KeyConflict(message, kept));
            } else if (model.store(message.id(), text(message))) {
                message.deduplicationKey().ifPresent(key -> model.keys.put(key, message.id()));
                if (message.options().delayMillis() > 0) {
                    model.scheduled.add(message.id());
                } else {
                    model.publish(message.id());
                }
            } else {
                duplicates.add(message);
            }
        }
        return duplicates;
    }

    private List<Lease> notHeld(List<Lease> consumed) {
        return consumed.stream().filter(lease -> !model(lease).isHeld(lease)).toList();
    }

    /** A message with a unique value, whose id may be reused. */
    private SendRequest message(Step.Message message) {
        byte[] value = ("value " + serial++).getBytes(StandardCharsets.UTF_8);
        Deduplication deduplication =
                message.key() < 4 ? null : new Deduplication("k" + message.key() % 2, 3_600_000, message.key() > 5);
        String id = "m" + message.id();
        SendOptions options = new SendOptions(
                message.later() ? LATER_MILLIS : 0, 0, deduplication, QueueModel.group(id), QueueModel.priority(id));
        return new SendRequest(names.get(message.queue()), id, value, 0, options);
    }

    private QueueModel model(Lease lease) {
        return models.get(names.indexOf(lease.queue()));
    }

    private QueueModel model(SendRequest message) {
        return models.get(names.indexOf(message.queue()));
    }

    /** A prepared branch of this number, or the latest one. */
    private String branch(int number) {
        return preparedBranch(number).orElse(latestBranches.getOrDefault(number, "none"));
    }

    private Optional<String> preparedBranch(int number) {
        return branches.keySet().stream()
                .filter(id -> id.startsWith("branch-" + number + "-"))
                .sorted()
                .findFirst();
    }

    private static <T> List<T> pick(List<T> from, List<Integer> picks) {
        if (from.isEmpty()) {
            return List.of();
        }
        return picks.stream()
                .map(pick -> from.get(pick % from.size()))
                .distinct()
                .toList();
    }

    private static List<Integer> all(int size) {
        return Stream.iterate(0, i -> i + 1).limit(size).toList();
    }

    private static Map<String, Integer> numbers(Object reply) {
        Map<String, Integer> numbers = new TreeMap<>();
        TestQueue.pairs(reply).forEach((id, count) -> numbers.put(id, Integer.valueOf(count)));
        return numbers;
    }
}
