// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import jakarta.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.MessageFormat;

/** The bodies in the documentation are those of the messages that are sent. */
class DocumentedBodiesTest {

    private static final Path PAGE = Path.of("../../docs/messages.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|$");

    /** What a row of the page stands for. */
    private static final Map<String, Object> SENT = Map.ofEntries(
            Map.entry("\"a book\"", "a book"),
            Map.entry("new byte[] {'h', 'i'}", new byte[] {'h', 'i'}),
            Map.entry("new Item(\"book\", 2)", new Item("book", 2)),
            Map.entry("List.of(\"book\", \"pen\")", List.of("book", "pen")),
            Map.entry("Map.of(\"quantity\", 2)", Map.of("quantity", 2)),
            Map.entry(
                    "Json.createObjectBuilder().add(\"quantity\", 2).build()",
                    Json.createObjectBuilder().add("quantity", 2).build()),
            Map.entry("42", 42),
            Map.entry("true", true),
            Map.entry("LocalDate.of(2026, 1, 31)", LocalDate.of(2026, 1, 31)),
            Map.entry("Status.NEW", Status.NEW),
            Map.entry("OutgoingMessage.of(\"a book\")", OutgoingMessage.of("a book")));

    /** A record as a body. */
    public record Item(String name, int quantity) {

        public Item {
            if (quantity < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    /** An enum as a body. */
    public enum Status {
        NEW
    }

    /** A class that JSON-B cannot serialize. */
    public static final class Broken {

        public String getText() {
            throw new IllegalStateException("broken");
        }
    }

    @Test
    void bodiesAreAsDocumented() throws Exception {
        Map<String, String> documented = new LinkedHashMap<>();
        ROW.matcher(Files.readString(PAGE)).results().forEach(row -> documented.put(row.group(1), row.group(2)));

        Map<String, String> sent = new LinkedHashMap<>();
        for (String row : documented.keySet()) {
            sent.put(row, SENT.containsKey(row) ? body(SENT.get(row)) : "not tested");
        }

        assertThat(sent).isEqualTo(documented).hasSameSizeAs(SENT);
    }

    private static String body(Object sent) throws Exception {
        byte[] value = SentMessage.of("queue", sent, 1_000, Map.of()).value();
        return new String(MessageFormat.decode(value).body(), StandardCharsets.UTF_8);
    }

    @Test
    void nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> SentMessage.of("queue", null, 1_000, Map.of()));
    }

    @Test
    void objectThatCannotBeSerializedIsRefused() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> SentMessage.of("queue", new Broken(), 1_000, Map.of()))
                .withMessageStartingWith("RQ-112");
    }

    @Test
    void recordIsReadWithDefaultsForMissingProperties() {
        assertThat((Item) read("{\"name\":\"book\",\"quantity\":2,\"color\":\"red\"}"))
                .isEqualTo(new Item("book", 2));
        assertThat((Item) read("{}")).isEqualTo(new Item(null, 0));
        assertThat((Item) read("{\"quantity\":2.5}")).isEqualTo(new Item(null, 2));
    }

    @Test
    void recordWhoseConstructorThrowsIsUnreadable() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> read("{\"quantity\":-1}"))
                .withMessageStartingWith("RQ-113");
    }

    @Test
    void textThatWasSentAsAStringIsNotJson() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> JsonBody.read("a book".getBytes(StandardCharsets.UTF_8), String.class))
                .withMessageStartingWith("RQ-113");
    }

    private static Object read(String json) {
        return JsonBody.read(json.getBytes(StandardCharsets.UTF_8), Item.class);
    }
}
