// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several consumers receive the messages of many groups, while deliveries are rolled back, released, prepared and
 * abandoned at random: no message overtakes another one of its group, none is lost, and none takes effect twice. The
 * first message of every hundredth group always fails, and becomes a dead letter.
 */
class GroupSequenceTest {

    private static final int MESSAGES = Integer.getInteger("groups.messages", 6_000);
    private static final int GROUPS = Integer.getInteger("groups.groups", 600);
    private static final int CONSUMERS = 4;
    private static final int BATCH = 20;
    private static final int MANY = 1_000_000;
    private static final int EVERY = 100;
    private static final int MAX_DELIVERIES = 3;

    private final TestQueue queue = TestQueue.create();
    private final QueueOperations operations = queue.operations();
    private final long seed = Long.getLong("groups.seed", System.nanoTime());

    /** The number of the next message of each group. */
    private final Map<String, Integer> next = new ConcurrentHashMap<>();

    private boolean failing;
    private final Set<String> inDelivery = ConcurrentHashMap.newKeySet();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger branches = new AtomicInteger();

    @AfterEach
    void delete() {
        queue.call(
                "EVAL",
                "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('UNLINK', key) end",
                0,
                queue.key("*"));
    }

    /** @param failing whether deliveries fail. While messages of a queue have failed, its scripts take another path. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noMessageOvertakesAnotherOneOfItsGroup(boolean failing) throws Exception {
        this.failing = failing;
        ExecutorService threads = Executors.newFixedThreadPool(CONSUMERS + 1);
        try {
            List<Future<?>> work = new ArrayList<>();
            work.add(threads.submit(this::sendAll));
            for (int i = 0; i < CONSUMERS; i++) {
                Random random = new Random(seed + i);
                work.add(threads.submit(() -> consume(random)));
            }
            for (Future<?> each : work) {
                each.get(2, TimeUnit.HOURS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(next.values().stream().mapToInt(Integer::intValue).sum())
                .as("seed %d", seed)
                .isEqualTo(MESSAGES);
        assertThat(queue.claim(1).messages()).isEmpty(); // also removes a wake-up
        Set<String> left = queue.everything().keySet();
        if (!failing) {
            assertThat(left).as("what is left").containsExactly(queue.key("sequence"));
            return;
        }
        assertThat(queue.dead()).as("dead letters").hasSize(GROUPS / EVERY);
        assertThat(left.stream().filter(key -> key.startsWith(queue.key("message:"))))
                .hasSize(GROUPS / EVERY);
        assertThat(left.stream().filter(key -> !key.startsWith(queue.key("message:"))))
                .as("what is left")
                .containsExactlyInAnyOrder(
                        queue.key("sequence"), queue.key("attributes"), queue.key("dead"), queue.key("errors"));
    }

    private boolean alwaysFails(String group, int number) {
        return failing && number == 0 && Integer.parseInt(group.substring(1)) % EVERY == 0;
    }

    private static String group(int message) {
        return "g" + message % GROUPS;
    }

    private void sendAll() {
        Random random = new Random(seed - 1);
        for (int from = 0; from < MESSAGES; ) {
            List<SendRequest> sent = new ArrayList<>();
            for (int to = Math.min(MESSAGES, from + 1 + random.nextInt(40)); from < to; from++) {
                byte[] value = (group(from) + " " + from / GROUPS).getBytes(StandardCharsets.UTF_8);
                sent.add(new SendRequest(
                        queue.name, QueueOperations.newId(), value, 0, new SendOptions(0, 0, null, group(from))));
            }
            if (random.nextInt(4) == 0) {
                commit(List.of(), sent);
            } else {
                assertThat(result(operations.send(sent))).isEmpty();
            }
        }
    }

    private void commit(List<Lease> consumed, List<SendRequest> sent) {
        String branch = "branch" + branches.incrementAndGet();
        assertThat(result(operations.prepare(branch, queue.name, consumed, sent))
                        .done())
                .isTrue();
        assertThat(result(operations.commit(branch, queue.name, false))).isEqualTo(BranchEndResult.DONE);
    }

    private void consume(Random random) {
        while (done.get() < MESSAGES) {
            ClaimRequest request = new ClaimRequest(queue.name, BATCH, TestQueue.LEASE, MANY, TestQueue.MAX_BYTES);
            List<ClaimedMessage> messages = result(operations.claim(request)).messages();
            messages.forEach(message -> assertThat(inDelivery.add(groupOf(message)))
                    .as("only message of %s, seed %d", groupOf(message), seed)
                    .isTrue());
            messages.forEach(message -> deliver(message, random));
        }
    }

    private static String groupOf(ClaimedMessage message) {
        return new String(message.value(), StandardCharsets.UTF_8).split(" ")[0];
    }

    private void deliver(ClaimedMessage message, Random random) {
        String[] value = new String(message.value(), StandardCharsets.UTF_8).split(" ");
        String group = value[0];
        int number = Integer.parseInt(value[1]);
        assertThat(number).as("next message of %s, seed %d", group, seed).isEqualTo(next.getOrDefault(group, 0));
        inDelivery.remove(group);

        Lease lease = message.lease();
        int chance = failing ? random.nextInt(100) : 5 + random.nextInt(95);
        if (alwaysFails(group, number)) {
            boolean last = message.failures() == MAX_DELIVERIES - 1;
            if (last) {
                next.put(group, number + 1); // before the next message may be delivered
            }
            assertThat(result(operations.redeliver(lease, random.nextInt(5), MAX_DELIVERIES, "it always fails")))
                    .isEqualTo(last ? RedeliveryResult.DEAD : RedeliveryResult.WAITING);
            done.addAndGet(last ? 1 : 0);
        } else if (chance < 5) {
            result(operations.redeliver(lease, random.nextInt(5), MANY, "it failed"));
        } else if (chance < 8) {
            queue.release(lease);
        } else if (chance < 11 && failing) {
            queue.letTimePass(lease); // its consumer has died
        } else if (chance < 14) {
            String branch = "branch" + branches.incrementAndGet();
            assertThat(queue.prepare(branch, List.of(lease))).isEmpty();
            queue.rollback(branch, random.nextInt(2) * 3L);
        } else {
            next.put(group, number + 1); // before the next message may be delivered
            if (chance < 24) {
                commit(List.of(lease), List.of());
            } else {
                assertThat(queue.acknowledge(lease).lost()).isEmpty();
            }
            done.incrementAndGet();
        }
    }
}
