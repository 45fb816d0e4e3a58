// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The time for which a check and a repair block Redis. */
@Tag("alone")
class SlowestCheckTest {

    @ParameterizedTest
    @CsvSource({"100000, 100000, false", "19000, 1900, true"})
    void noCallBlocksRedisForLong(int ready, int claimed, boolean examined) {
        try (TestRedis redis = TestRedis.start(
                        "--appendonly", "no", "--slowlog-log-slower-than", "500", "--slowlog-max-len", "100000");
                AdminClient client = AdminClient.of(TestProperties.of(redis))) {
            redis.call("SADD", "rq:queues", "orders");
            for (int from = 0; from < Math.max(ready, claimed); from += 10_000) {
                redis.call(
                        "EVAL",
                        """
                        local name = '01a21ebd-6442-7175-802e-'
                        for i = ARGV[1] + 1, ARGV[1] + 10000 do
                            if i <= tonumber(ARGV[2]) then
                                redis.call('SET', KEYS[1] .. name .. i, 'x')
                                redis.call('LPUSH', KEYS[2], name .. i)
                            end
                            if i <= tonumber(ARGV[3]) then
                                redis.call('SET', KEYS[1] .. name .. 'c' .. i, 'x')
                                redis.call('ZADD', KEYS[3], 4e12 + i, name .. 'c' .. i .. ' token')
                            end
                        end
                        """,
                        3,
                        "rq:{orders}:message:",
                        "rq:{orders}:ready",
                        "rq:{orders}:processing",
                        from,
                        ready,
                        claimed);
            }
            for (int i = 0; i < 50; i++) {
                redis.call("SET", "rq:{orders}:message:orphan" + i, "x");
                redis.call("LPUSH", "rq:{orders}:ready", "01a21ebd-6442-7175-802e-" + (i + 1)); // twice
            }
            QueueAdmin admin = client.admin();
            admin.pause("orders", null);
            redis.call("SLOWLOG", "RESET");

            CheckReport report = admin.check("orders", Duration.ZERO);
            admin.repair(report.findings());

            List<Long> micros = slowest(redis);
            System.out.println("Slowest calls of a check and a repair of " + ready + " ready and " + claimed
                    + " claimed messages, us: " + micros);
            assertThat(report.findings()).hasSize(examined ? 100 : 0);
            // Most calls take less than 5 ms, but other programs may use the processor meanwhile.
            assertThat(micros.get(Math.min(20, micros.size()) - 1)).isLessThan(15_000);
        }
    }

    /** The longest times of calls in the slow log, in microseconds. */
    private static List<Long> slowest(TestRedis redis) {
        return ((List<?>) redis.call("SLOWLOG", "GET", 100_000))
                .stream()
                        .filter(each -> ((List<?>) each).get(3).toString().startsWith("[EVALSHA"))
                        .map(each -> (Long) ((List<?>) each).get(2))
                        .sorted(Comparator.reverseOrder())
                        .limit(30)
                        .toList();
    }
}
