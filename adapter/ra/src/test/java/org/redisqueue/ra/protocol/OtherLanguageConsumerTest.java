// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.RespConnection;

/** A consumer in another language runs the scripts without a lane. */
class OtherLanguageConsumerTest {

    private final TestQueue queue = TestQueue.create();

    private Object run(Script script, List<String> keys, Object... arguments) {
        List<Object> words = new ArrayList<>(List.of("EVAL", script.source(), keys.size() + 1, queue.key("lane:none")));
        words.addAll(keys);
        words.addAll(List.of("", "0"));
        words.addAll(Arrays.asList(arguments));
        return queue.call(words.stream().map(Object::toString).toArray());
    }

    private List<String> keys(String... suffixes) {
        return Arrays.stream(suffixes).map(queue::key).toList();
    }

    @Test
    void acknowledgesAndSendsWithoutALane() {
        Lease lease = queue.held("m1");

        Object reply = run(
                Script.ACKNOWLEDGE,
                keys("processing", "failures", "abandoned", "expiry", "ready", "message:m1", "message:m2"),
                1,
                1,
                1,
                1,
                1,
                1,
                lease.member(),
                "m2",
                0,
                "value",
                1,
                1,
                1,
                1);

        assertThat(reply).isEqualTo(0L);
        assertThat(queue.everything()).containsOnlyKeys(queue.key("ready"), queue.key("message:m2"));
    }

    @Test
    void learnsThatItsLeaseIsLost() {
        Lease lost = queue.held("m1");
        queue.letTimePass(lost);
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        Object reply = run(
                Script.ACKNOWLEDGE,
                keys("processing", "failures", "abandoned", "expiry", "ready", "message:m1"),
                1,
                1,
                1,
                0,
                1,
                0,
                lost.member(),
                1,
                0,
                1);

        assertThat(reply.toString()).contains(lost.member());
        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void sendsWithoutALane() {
        run(Script.SEND, keys("ready", "expiry", "message:m1", "message:m2"), "m1", "m2", "one", "two");
        run(Script.SEND, keys("ready", "expiry", "message:m3"), "m3", "three");

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
        assertThat(queue.call("EXISTS", queue.key("lane:none"))).isEqualTo(0L);
    }

    @Test
    void sendsWithOptionsWithoutALane() {
        for (String id : List.of("m1", "m2")) {
            Object reply = run(
                    Script.ACKNOWLEDGE,
                    keys("processing", "failures", "abandoned", "expiry", "ready", "message:" + id),
                    1,
                    1,
                    0,
                    1,
                    0,
                    1,
                    id,
                    "0 {\"group\":\"customer-17\",\"priority\":5}",
                    "value",
                    0,
                    1,
                    1);
            assertThat(reply).isEqualTo(0L);
        }

        assertThat(queue.heads()).isEqualTo(Map.of("customer-17", "m1"));
        assertThat(queue.prioritized()).containsExactly("m1");
        assertThat(queue.waiting()).containsExactly("m2");
        assertThat(queue.call("EXISTS", queue.key("lane:none"))).isEqualTo(0L);
    }

    @Test
    void requestsRedelivery() {
        Lease lease = queue.held("m1");

        run(
                Script.REDELIVER,
                keys("processing", "dead", "failures", "abandoned", "errors", "expiry", "message:m1"),
                1,
                1,
                1,
                "m1",
                lease.token(),
                60_000,
                9,
                "it failed");

        assertThat(queue.processing()).containsOnlyKeys("m1 -");
        assertThat(queue.failures()).containsEntry("m1", "1");
    }

    @Test
    void receivesAnErrorForAMalformedCall() {
        assertThatThrownBy(() -> run(Script.SEND, keys("ready", "expiry", "message:m1"), "an id", "value"))
                .isInstanceOf(RespConnection.ErrorReply.class)
                .hasMessageContaining("1 to 200 printable ASCII characters");
        assertThat(queue.everything()).isEmpty();
    }
}
