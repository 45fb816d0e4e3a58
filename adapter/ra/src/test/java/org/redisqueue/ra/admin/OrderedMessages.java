// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.State;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;

/** What operators see of the queue {@code orders}, whose messages have a group or a priority. */
abstract class OrderedMessages {

    final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    String key(String name) {
        return test.key("orders", name);
    }

    void send(SendOptions options, String... ids) {
        List<SendRequest> sent = new ArrayList<>();
        for (String id : ids) {
            byte[] value = ("body of " + id).getBytes(StandardCharsets.UTF_8);
            sent.add(new SendRequest("orders", id, value, 0, options));
        }
        assertThat(test.operations.send(sent).join()).isEmpty();
        test.call("SADD", test.prefix + ":queues", "orders");
    }

    List<String> keys() {
        return ((List<?>) test.call("KEYS", key("*")))
                .stream().map(String::valueOf).toList();
    }

    List<Lease> claim(String queue) {
        ClaimRequest request = new ClaimRequest(queue, 100, 60_000, 5, 10_000);
        return test.operations.claim(request).join().messages().stream()
                .map(ClaimedMessage::lease)
                .toList();
    }

    /** Consumes all messages of a queue; returns the ids in this order. */
    List<String> consume(String queue) {
        List<String> ids = new ArrayList<>();
        for (List<Lease> leases = claim(queue); !leases.isEmpty(); leases = claim(queue)) {
            leases.forEach(lease -> ids.add(lease.id()));
            assertThat(test.operations.acknowledge(leases, List.of()).join().lost())
                    .isEmpty();
        }
        return ids;
    }

    void deadLetter(String... ids) {
        for (String id : ids) {
            Lease lease = claim("orders").stream()
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            test.operations.deadLetter(lease, "it failed").join();
        }
    }

    Job end(Job job) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> test.admin.job(job.id()).orElseThrow().state() != State.RUNNING);
        Job ended = test.admin.job(job.id()).orElseThrow();
        assertThat(ended.failure()).isNull();
        return ended;
    }

    QueueStatus status() {
        return test.admin.queue("orders");
    }

    List<Finding> findings() {
        return test.admin.check("orders", Duration.ofMillis(1)).findings();
    }

    void assertRepaired(Kind kind, String id) {
        assertThat(findings()).extracting(Finding::kind, Finding::id).containsExactly(tuple(kind, id));
        assertThat(test.admin.repair(findings()).remaining()).isEmpty();
        assertThat(findings()).isEmpty();
    }
}
