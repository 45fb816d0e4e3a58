// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.redisqueue.ra.protocol.FaultyTransport.Fault;
import org.redisqueue.ra.protocol.Step.Acknowledge;
import org.redisqueue.ra.protocol.Step.Arrive;
import org.redisqueue.ra.protocol.Step.Bind;
import org.redisqueue.ra.protocol.Step.Block;
import org.redisqueue.ra.protocol.Step.Cancel;
import org.redisqueue.ra.protocol.Step.Change;
import org.redisqueue.ra.protocol.Step.ChangeLetter;
import org.redisqueue.ra.protocol.Step.Claim;
import org.redisqueue.ra.protocol.Step.Commit;
import org.redisqueue.ra.protocol.Step.Crash;
import org.redisqueue.ra.protocol.Step.Delete;
import org.redisqueue.ra.protocol.Step.Duplicate;
import org.redisqueue.ra.protocol.Step.Examine;
import org.redisqueue.ra.protocol.Step.Failover;
import org.redisqueue.ra.protocol.Step.Forget;
import org.redisqueue.ra.protocol.Step.Limit;
import org.redisqueue.ra.protocol.Step.Lose;
import org.redisqueue.ra.protocol.Step.Move;
import org.redisqueue.ra.protocol.Step.PassOn;
import org.redisqueue.ra.protocol.Step.Pause;
import org.redisqueue.ra.protocol.Step.Prepare;
import org.redisqueue.ra.protocol.Step.Produce;
import org.redisqueue.ra.protocol.Step.ProduceWithOptions;
import org.redisqueue.ra.protocol.Step.Purge;
import org.redisqueue.ra.protocol.Step.ReceiptsExpire;
import org.redisqueue.ra.protocol.Step.Redeliver;
import org.redisqueue.ra.protocol.Step.Release;
import org.redisqueue.ra.protocol.Step.Renew;
import org.redisqueue.ra.protocol.Step.ReplicaFallsBehind;
import org.redisqueue.ra.protocol.Step.Rollback;
import org.redisqueue.ra.protocol.Step.Send;
import org.redisqueue.ra.protocol.Step.TakeBack;
import org.redisqueue.ra.protocol.Step.TimeComes;
import org.redisqueue.ra.protocol.Step.TimePasses;
import org.redisqueue.ra.protocol.Step.Unbind;
import org.redisqueue.ra.protocol.Step.WindowsEnd;

/**
 * Executes random sequences of steps of several consumers, in which consumers die or are too slow, calls get lost, and
 * Redis fails over. After each step, the contents of Redis match a simple model, and the invariants of the protocol hold.
 */
class InvariantsTest {

    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void holdAfterEachStep(@ForAll("sequences") List<Step> steps) {
        Simulation simulation = new Simulation();
        try {
            steps.forEach(simulation::run);
            simulation.workOff();
        } catch (AssertionError e) {
            throw new AssertionError("After these steps: " + simulation.history() + "\n" + e.getMessage(), e);
        } finally {
            simulation.delete();
        }
    }

    @Provide
    Arbitrary<List<Step>> sequences() {
        Arbitrary<Integer> consumer = number(Simulation.CONSUMERS);
        Arbitrary<Integer> queue = number(Simulation.QUEUES);
        Arbitrary<Integer> branch = number(Simulation.BRANCHES);
        Arbitrary<Integer> any = number(100);
        Arbitrary<List<Integer>> some = number(100).list().ofMaxSize(3);
        Arbitrary<Boolean> again = Arbitraries.of(true, false);
        Arbitrary<List<Step.Message>> sends = Combinators.combine(
                        number(Simulation.QUEUES + 1), number(12), again, number(Step.Message.KEYS))
                .as(Step.Message::new)
                .list()
                .ofMaxSize(2);

        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(
                                5,
                                Combinators.combine(
                                                queue,
                                                number(12).list().ofMinSize(1).ofMaxSize(4),
                                                again,
                                                again)
                                        .as(Send::new)),
                        Tuple.of(2, queue.map(Produce::new)),
                        Tuple.of(
                                2,
                                Combinators.combine(queue, number(12), again, number(Step.Message.KEYS))
                                        .as(Step.Message::new)
                                        .map(ProduceWithOptions::new)),
                        Tuple.of(3, queue.map(Bind::new)),
                        Tuple.of(1, queue.map(Unbind::new)),
                        Tuple.of(
                                2, Combinators.combine(queue, number(12), again).as(Cancel::new)),
                        Tuple.of(3, Combinators.combine(queue, any).as(TimeComes::new)),
                        Tuple.of(
                                9,
                                Combinators.combine(consumer, queue, number(5))
                                        .as((c, q, n) -> new Claim(c, q, n + 1))),
                        Tuple.of(12, changesOfOperators()),
                        Tuple.of(2, Combinators.combine(consumer, queue).as(Renew::new)),
                        Tuple.of(
                                5,
                                Combinators.combine(consumer, some, sends, again)
                                        .as(Acknowledge::new)),
                        Tuple.of(
                                4,
                                Combinators.combine(consumer, any, number(4), again)
                                        .as(Redeliver::new)),
                        Tuple.of(
                                3,
                                Combinators.combine(consumer, queue, any, again, number(3), number(3), again)
                                        .as((c, q, pick, waiting, counted, n, twice) -> new TakeBack(
                                                c, q, pick, waiting, counted, Math.min(counted, n), twice))),
                        Tuple.of(
                                2,
                                Combinators.combine(consumer, queue, some, again)
                                        .as(Release::new)),
                        Tuple.of(4, queue.map(Arrive::new)),
                        Tuple.of(1, queue.map(PassOn::new)),
                        Tuple.of(
                                4,
                                Combinators.combine(consumer, branch, some, sends, again)
                                        .as(Prepare::new)),
                        Tuple.of(2, Combinators.combine(branch, again).as(Commit::new)),
                        Tuple.of(2, Combinators.combine(branch, again, again).as(Rollback::new)),
                        Tuple.of(1, Combinators.combine(branch, again).as(Forget::new)),
                        Tuple.of(1, consumer.map(Crash::new)),
                        Tuple.of(1, queue.map(WindowsEnd::new)),
                        Tuple.of(5, Combinators.combine(queue, any).as(TimePasses::new)),
                        Tuple.of(
                                3,
                                Arbitraries.of(Fault.class)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(2)
                                        .map(Lose::new)),
                        Tuple.of(4, any.map(Duplicate::new)),
                        Tuple.of(1, Arbitraries.of(new ReceiptsExpire())),
                        Tuple.of(2, Arbitraries.of(new ReplicaFallsBehind())),
                        Tuple.of(2, again.map(Failover::new)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(60)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Step> changesOfOperators() {
        Arbitrary<Integer> queue = number(Simulation.QUEUES);
        Arbitrary<Integer> any = number(100);
        Arbitrary<Integer> few = number(3).map(number -> number + 1);
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        Arbitrary<Boolean> rarely = Arbitraries.frequency(Tuple.of(1, true), Tuple.of(5, false));
        return Arbitraries.<Step>frequencyOf(
                Tuple.of(4, Combinators.combine(queue, number(4), rarely).as(Limit::new)),
                Tuple.of(4, Combinators.combine(queue, either).as(Block::new)),
                Tuple.of(2, Combinators.combine(queue, rarely).as(Pause::new)),
                Tuple.of(
                        6,
                        Combinators.combine(queue, any, Arbitraries.of(Change.class))
                                .as(ChangeLetter::new)),
                Tuple.of(3, Combinators.combine(queue, number(12)).as(Delete::new)),
                Tuple.of(3, Combinators.combine(queue, few, either).as(Move::new)),
                Tuple.of(1, Combinators.combine(queue, few).as(Purge::new)),
                Tuple.of(2, queue.map(Examine::new)));
    }

    private static Arbitrary<Integer> number(int below) {
        return Arbitraries.integers().between(0, below - 1);
    }
}
