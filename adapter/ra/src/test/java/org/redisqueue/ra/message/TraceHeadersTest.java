// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.ra.protocol.MessageFormat;

class TraceHeadersTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Map<String, String> context = new LinkedHashMap<>();

    TraceHeadersTest() {
        context.put("traceparent", PARENT);
        context.put("tracestate", "vendor=1");
        context.put("baggage", "tenant=acme");
    }

    private Map<String, String> headers(OutgoingMessage message, int maxBytes) throws Exception {
        return MessageFormat.decode(
                        SentMessage.of("queue", message, maxBytes, context).value())
                .headers();
    }

    @Test
    void contextIsAddedToTheHeaders() throws Exception {
        assertThat(headers(OutgoingMessage.of("a").header("Order-Id", "17"), 10_000))
                .containsKey("sent")
                .containsEntry("Order-Id", "17")
                .containsAllEntriesOf(context);
    }

    @Test
    void parentOfTheApplicationIsKeptWithoutTheStateOfAnother() throws Exception {
        assertThat(headers(OutgoingMessage.of("a").header("TraceParent", "mine"), 10_000))
                .containsEntry("traceparent", "mine")
                .doesNotContainKey("tracestate")
                .containsEntry("baggage", "tenant=acme");
    }

    @Test
    void baggageOfTheApplicationIsKept() throws Exception {
        assertThat(headers(OutgoingMessage.of("a").header("Baggage", "mine=1"), 10_000))
                .containsEntry("baggage", "mine=1")
                .containsEntry("traceparent", PARENT);
    }

    @Test
    void contextThatDoesNotFitIsLeftOut() throws Exception {
        int withoutContext = SentMessage.of("queue", "a", 10_000, Map.of()).value().length;

        assertThat(headers(OutgoingMessage.of("a"), withoutContext + 10)).containsOnlyKeys("sent");
        assertThat(headers(OutgoingMessage.of("a"), withoutContext + PARENT.length() + 20))
                .containsKey("traceparent")
                .doesNotContainKeys("tracestate", "baggage");
    }

    @Test
    void contextDoesNotExceedTheLimitsOfTheHead() throws Exception {
        OutgoingMessage many = OutgoingMessage.of("a");
        for (int i = 0; i < 199; i++) {
            many.header("h" + i, "value");
        }
        assertThat(headers(many, 100_000)).hasSize(200).doesNotContainKey("traceparent");

        OutgoingMessage large = OutgoingMessage.of("a").header("large", "x".repeat(65_460));
        assertThat(headers(large, 100_000)).doesNotContainKey("traceparent");
    }
}
