// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.DeadLetter;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** What happens to a prepared branch that its transaction manager forgets. */
class ForgetTest {

    private final TestQueue queue = TestQueue.create();
    private final String branch = UUID.randomUUID().toString();

    private DeadLetter letter() {
        return result(queue.operations().inspect(queue.name, 1)).deadLetters().get(0);
    }

    private void record(String json) {
        queue.call("HSET", queue.key("prepared"), branch, json);
    }

    @ParameterizedTest
    @CsvSource({"abc, 1", "nan, 1", "-7, 1", "2.5, 3", "3000000000, 1000001", "1e300, 1000001"})
    void malformedCountIsClamped(String failures, int deliveries) {
        Lease lease = queue.held("m1");
        queue.call("HSET", queue.key("failures"), "m1", failures);
        queue.prepare(branch, List.of(lease));

        assertThat(queue.forget(branch)).isTrue();

        assertThat(letter().deliveries()).isEqualTo(deliveries);
        assertThat(queue.failures()).isEmpty();
    }

    @Test
    void deadLettersNeverExpire() {
        Lease lease = queue.held("m1");
        queue.call("PEXPIRE", queue.key("message:m1"), "600000");
        queue.call("ZADD", queue.key("expiry"), "-4000000000000", "m1");
        queue.prepare(branch, List.of(lease), queue.message("m2", 600_000));
        queue.call("ZADD", queue.key("expiry"), "4000000000000", "m2");

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
        assertThat(queue.call("PTTL", queue.key("message:m2"))).isEqualTo(-1L);
        assertThat(queue.call("EXISTS", queue.key("expiry"))).isEqualTo(0L);
        assertThat(queue.dead()).containsExactlyInAnyOrder("m1", "m2");
    }

    @Test
    void outcomeIsKeptForAnHour() {
        queue.prepare(branch, List.of(queue.held("m1")));

        queue.forget(branch);

        assertThat(queue.call("GET", queue.key("ended:" + branch))).isEqualTo("forgotten");
        assertThat((Long) queue.call("PTTL", queue.key("ended:" + branch))).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void messageNotHeldByTheBranchIsUnchanged() {
        Lease other = queue.held("m1");
        queue.send("m2");
        record(
                "{\"consumed\":[[\"%s\",\"m1\",\"%s\"],[\"%s\",\"m2\",\"t\"]],\"sent\":[[\"%s\",\"m2\"],[\"%s\",\"m3\"]]}"
                        .formatted(queue.name, other.token(), queue.name, queue.name, queue.name));

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.processing()).containsOnlyKeys(other.member());
        assertThat(queue.ready()).containsExactly("m2");
        assertThat(queue.dead()).isEmpty();
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void messageSentMeanwhileWithTheSameIdIsUnchanged() {
        queue.prepare(branch, List.of(), queue.message("m1"));
        queue.send("m1");

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.ready()).containsExactly("m1");
        assertThat(queue.everything())
                .containsOnlyKeys(queue.key("ready"), queue.key("message:m1"), queue.key("ended:" + branch));
    }

    @Test
    void expiredReadyMessageIsReplacedByTheOneThatTheBranchSent() {
        queue.prepare(branch, List.of(), queue.message("m1", 60_000));
        queue.call("SET", queue.key("message:m1"), "expired");
        queue.call("LPUSH", queue.key("ready"), "m1", "m2");
        queue.expireIn("m1", -1);

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.dead()).containsExactly("m1");
        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("value of m1");
        assertThat(queue.ready()).containsExactly("m2");
        assertThat(queue.expiry()).isEmpty();
        assertThat(queue.everything()).doesNotContainKey(queue.key("staged:" + branch + ":m1"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unexpiredOrHeldMessageIsNotReplaced(boolean processed) {
        queue.prepare(branch, List.of(), queue.message("m1"));
        queue.send("m1");
        queue.expireIn("m1", 60_000);
        if (processed) {
            queue.claim(1);
            queue.call("ZADD", queue.key("expiry"), "-1", "m1");
        }

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.dead()).isEmpty();
        assertThat(queue.expiry()).containsOnlyKeys("m1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON",
                "{\"consumed\":[[\"%s\",\"m1\",\"%s\"],[7,\"m2\",\"t\"]],\"sent\":[]}",
                "{\"consumed\":[[\"another\",\"m1\",\"%2$s\"]],\"sent\":[]}"
            })
    void malformedRecordIsUnchanged(String json) {
        Lease lease = queue.held("m1");
        queue.prepare(branch, List.of(lease));
        record(json.formatted(queue.name, lease.token()));
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.forget(branch))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("was not executed")
                .hasMessageContaining("RQMALFORMED");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Nested
    class WithoutAllRights {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "exists",
                    "hdel",
                    "hget",
                    "hlen",
                    "hset",
                    "llen",
                    "lrem",
                    "persist",
                    "renamenx",
                    "set",
                    "time",
                    "unlink",
                    "zadd",
                    "zcard",
                    "zrem",
                    "zscore"
                })
        void deniedCommandChangesNothing(String command) {
            try (RestrictedQueue restriction = new RestrictedQueue("forget-without-" + command)) {
                TestQueue restricted = restriction.queue();
                restricted.letTimePass(restricted.held("m1"));
                Lease lease = TestQueue.lease(restricted.claim(1));
                restricted.prepare(
                        branch,
                        List.of(lease),
                        restricted.message("m2"),
                        restricted.message("m3"),
                        restricted.message("m4"));
                restricted.send("m4");
                restricted.expireIn("m4", -1);
                restricted.send("m3");
                Map<String, Object> before = restricted.everything();
                restriction.deny(command);

                assertThatThrownBy(() -> restricted.forget(branch)).isInstanceOf(RedisCallException.class);

                assertThat(restricted.everything()).isEqualTo(before);
                restriction.allow(command);
                assertThat(restricted.forget(branch)).isTrue();
                assertThat(restricted.dead()).containsExactlyInAnyOrder("m1", "m2", "m4");
                assertThat(restricted.ready()).containsExactly("m3");
                assertThat(restricted.abandoned()).doesNotContain(entry("m1", "1"));
            }
        }
    }

    @Test
    void branchIsForgottenOnAFullServer() {
        try (TestRedis own = TestRedis.start()) {
            RedisClient client = RedisClient.acquire(TestProperties.of(own));
            TestQueue here = TestQueue.create(own, TestQueue.operationsOf(client));
            here.prepare(branch, List.of(here.held("m1")), here.message("m2"));
            own.call("CONFIG", "SET", "maxmemory", "1");

            assertThat(here.forget(branch)).isTrue();

            assertThat(here.dead()).containsExactlyInAnyOrder("m1", "m2");
            client.release();
        }
    }
}
