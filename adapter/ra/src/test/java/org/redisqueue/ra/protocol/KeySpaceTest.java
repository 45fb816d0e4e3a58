// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.KeySpace.Content;

class KeySpaceTest {

    private static final long MINUTE = 60_000;
    private static final long NOW = 29_000_000 * MINUTE;
    private static final String EMPTY_MINUTE = "\0".repeat(8);

    private static KeySpace with(long now, String key, String type, String content) {
        return new KeySpace(Map.of(key, new Content(type, true, List.of(content))), now);
    }

    private static KeySpace history(int day, int minute, String counters) {
        return with(NOW, "rq:{q1}:history:" + day, "string", EMPTY_MINUTE.repeat(minute) + counters);
    }

    @Test
    void historiesAreEqualWheneverTheyWereCounted() {
        KeySpace history = history(20_785, 1439, "\0\0\0\3\0\0\0\1");
        assertThat(history.differences(history(20_786, 0, "\0\0\0\3\0\0\0\1"))).isEmpty();
    }

    @Test
    void historiesDifferIfTheirCountersDo() {
        KeySpace history = history(20_785, 3, "\0\0\0\3");
        assertThat(history.differences(history(20_785, 3, "\0\0\0\4"))).hasSize(1);
        assertThat(history.differences(history(20_785, 3, "\0\0\0\0\0\0\0\3"))).hasSize(1);
        assertThat(history.differences(history(20_785, 3, "\0\0\0\3" + "\0\0\0\0" + "\0\0\0\1")))
                .hasSize(1);
    }

    @Test
    void timesAreComparedInMinutesFromNow() {
        KeySpace dead = with(NOW, "rq:{q1}:dead", "zset", "id = " + NOW);
        assertThat(dead.differences(with(NOW + MINUTE, "rq:{q1}:dead", "zset", "id = " + (NOW + MINUTE))))
                .isEmpty();
        assertThat(dead.differences(with(NOW + MINUTE, "rq:{q1}:dead", "zset", "id = " + NOW)))
                .hasSize(1);
    }
}
