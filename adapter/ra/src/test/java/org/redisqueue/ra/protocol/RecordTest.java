// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.testing.TestRedis;

/** Which records of prepared branches the scripts accept, and which they refuse. */
class RecordTest {

    private static final String ONE_SLOT = "one slot";

    private static final String SCRIPT = fragment() + """
            local record, reason = read_record(ARGV[1], KEYS[1], ARGV[2] == 'one slot')
            if not record then
              return malformed_record(KEYS[1], 'b1', reason)
            end
            local found = {}
            for _, message in ipairs(record.consumed) do
              found[#found + 1] = table.concat(message, ' ')
            end
            for _, message in ipairs(record.sent) do
              found[#found + 1] = table.concat(message, ' ')
            end
            return table.concat(found, ', ')
            """;

    private static String fragment() {
        return fragment("options.lua") + fragment("record.lua");
    }

    private static String fragment(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(String record) {
        return read(record, "several slots");
    }

    private static String read(String record, String queues) {
        try {
            return (String) TestRedis.shared().call("EVAL", SCRIPT, "1", "rq:{orders}:prepared", record, queues);
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }

    @Test
    void wellFormedRecordIsRead() {
        assertThat(read("""
                        {"time":1,"consumed":[["orders","m1","-1abc"],["mails","m2","t"]],
                         "sent":[["mails","m3",0],["receipts","m4",1800000000000]]}""")).isEqualTo("orders m1 -1abc, mails m2 t, mails m3 0, receipts m4 1800000000000");
    }

    @Test
    void emptyRecordIsRead() {
        assertThat(read("{\"consumed\":{},\"sent\":{}}")).isEmpty();
    }

    @Test
    void sentMessagesOfEarlierVersionsHaveNoDeadline() {
        assertThat(read("{\"consumed\":[],\"sent\":[[\"mails\",\"m1\"]]}")).isEqualTo("mails m1 0");
    }

    @Test
    void recordInAClusterConcernsOnlyTheSlotOfItsQueue() {
        String consumed = "{\"consumed\":[[\"orders\",\"m1\",\"t\"]],";
        assertThat(read(consumed + "\"sent\":[[\"orders\",\"m2\",0],[\"orders}outbox\",\"m3\",0]]}", ONE_SLOT))
                .isEqualTo("orders m1 t, orders m2 0, orders}outbox m3 0");
        for (String other : List.of("mails", "mails}outbox", "{orders}.mails", "{orders}.mails}outbox")) {
            assertThat(read("{\"consumed\":[],\"sent\":[[\"" + other + "\",\"m1\",0]]}", ONE_SLOT))
                    .startsWith("RQMALFORMED Branch b1 of rq:{orders}:prepared")
                    .endsWith("sent message 1 belongs to a queue in another slot");
        }
    }

    @Test
    void outboxIsNotConsumed() {
        assertThat(read("{\"consumed\":[[\"orders}outbox\",\"m1\",\"t\"]],\"sent\":[]}", ONE_SLOT))
                .endsWith("consumed message 1 has no valid queue");
    }

    @Test
    void outboxIsThatOfTheHomeQueue() {
        assertThat(read("{\"consumed\":[],\"sent\":[[\"orders}outbox\",\"m1\",0]]}"))
                .isEqualTo("orders}outbox m1 0");
        assertThat(read("{\"consumed\":[],\"sent\":[[\"mails}outbox\",\"m1\",0]]}"))
                .endsWith("sent message 1 belongs to a queue in another slot");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "7",
                "null",
                "[]",
                "{}",
                "{\"consumed\":[]}",
                "{\"consumed\":[],\"sent\":null}",
                "{\"consumed\":{\"1\":[\"orders\",\"m1\",\"t\"]},\"sent\":[]}",
                "{\"consumed\":[7],\"sent\":[]}",
                "{\"consumed\":[],\"sent\":[{}]}"
            })
    void malformedRecordIsRefused(String value) {
        assertThat(read(value)).startsWith("RQMALFORMED ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[7,\"m1\",\"t\"]         | has no valid queue",
                "[\"\",\"m1\",\"t\"]      | has no valid queue",
                "[\"a}b\",\"m1\",\"t\"]   | has no valid queue",
                "[\"orders\"]             | has no valid id",
                "[\"orders\",1,\"t\"]     | has no valid id",
                "[\"orders\",\"a b\",\"t\"] | has no valid id",
                "[\"orders\",\"\",\"t\"]  | has no valid id",
                "[\"orders\",\"m1\"]      | has no valid token",
                "[\"orders\",\"m1\",\"-\"] | has no valid token",
                "[\"orders\",\"m1\",\"a b\"] | has no valid token",
                "[\"orders\",\"m1\",{}]   | has no valid token",
                "[\"orders\",\"m1\",\"t\",1] | has no valid token",
                "[\"mails\",\"m1\",\"t\"] | does not belong to the queue that keeps the record"
            })
    void malformedConsumedMessageIsRefused(String message, String reason) {
        assertThat(read("{\"consumed\":[" + message + "],\"sent\":[]}"))
                .startsWith("RQMALFORMED ")
                .endsWith(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0.5", "\"5\"", "1e300", "null", "true"})
    void malformedDeadlineIsRefused(String deadline) {
        assertThat(read("{\"consumed\":[],\"sent\":[[\"mails\",\"m1\"," + deadline + "]]}"))
                .endsWith("sent message 1 has no valid deadline");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "0,1                | has invalid options",
                "0,{\"x\":1}        | has invalid options",
                "0,{\"delay\":-1}   | has invalid options",
                "0,{\"group\":\"\"} | has invalid options",
                "0,{},1             | has no valid deadline"
            })
    void malformedOptionsAreRefused(String options, String reason) {
        assertThat(read("{\"consumed\":[],\"sent\":[[\"mails\",\"m1\"," + options + "]]}"))
                .startsWith("RQMALFORMED ")
                .endsWith("sent message 1 " + reason);
    }

    @Test
    void reasonDoesNotQuoteTheRecord() {
        assertThat(read("{\"consumed\":[[\"secret }\",\"m1\",\"t\"]],\"sent\":[]}"))
                .doesNotContain("secret");
    }
}
