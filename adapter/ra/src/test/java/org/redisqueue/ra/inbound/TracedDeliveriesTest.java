// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.resource.spi.ManagedConnection;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.TestTelemetry;
import org.redisqueue.spi.DeliveryResult;

/** The spans, metrics and headers of messages that are sent, delivered and received. */
class TracedDeliveriesTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    private static final AttributeKey<Long> DELIVERY_COUNT =
            AttributeKey.longKey("messaging.redis_queue.message.delivery_count");
    private static final AttributeKey<String> OUTCOME =
            AttributeKey.stringKey("messaging.redis_queue.delivery.outcome");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final TestTelemetry telemetry = TestTelemetry.start();
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final CompletableFuture<SpanContext> current = new CompletableFuture<>();
    private FakeContainer container;
    private ManagedConnection managed;

    @AfterEach
    void stop() throws Exception {
        if (managed != null) {
            managed.destroy();
        }
        if (container != null) {
            adapter.stop();
            container.close();
        }
        telemetry.close();
    }

    private void deliver(boolean transacted, RedisMessageListener listener) throws Exception {
        container = new FakeContainer(transacted, message -> {
            current.complete(Span.current().getSpanContext());
            listener.onMessage(message);
        });
        adapter.setAddresses(redis.address());
        adapter.start(container);
        spec.setQueue(queue.name());
        spec.setRedeliveryDelay(1);
        adapter.endpointActivation(container, spec);
    }

    private RedisQueueConnection connect() throws Exception {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setAddresses(redis.address());
        return connect(factory);
    }

    private RedisQueueConnection connect(RedisManagedConnectionFactory factory) throws Exception {
        managed = factory.createManagedConnection(null, null);
        return (RedisQueueConnection) managed.getConnection(null, null);
    }

    private String name(String operation) {
        return operation + " " + queue.name();
    }

    private String stored(String id) {
        return queue.value(id);
    }

    // Sending

    @Test
    void messageCarriesTheContextOfItsSendSpan() throws Exception {
        RedisQueueConnection connection = connect();
        Span request = telemetry.tracer().spanBuilder("request").startSpan();
        Context context = Context.current()
                .with(request)
                .with(Baggage.builder().put("tenant", "acme").build());
        String id = context.wrap(() -> connection.send(queue.name(), "a book")).call();

        SpanData sent = telemetry.awaitSpan(name("send"));
        assertThat(sent.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(sent.getTraceId()).isEqualTo(request.getSpanContext().getTraceId());
        assertThat(sent.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
        assertThat(sent.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(sent.getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("messaging.system"), "redis_queue")
                .containsEntry(AttributeKey.stringKey("messaging.destination.name"), queue.name())
                .containsEntry(OPERATION_TYPE, "send")
                .containsEntry(OPERATION_NAME, "send")
                .containsEntry(MESSAGE_ID, id)
                .containsEntry(AttributeKey.stringKey("server.address"), redis.host())
                .containsEntry(AttributeKey.longKey("server.port"), (long) redis.port());
        assertThat(stored(id))
                .contains("traceparent: 00-" + sent.getTraceId() + "-" + sent.getSpanId() + "-01\r\n")
                .contains("baggage: tenant=acme\r\n");
    }

    @Test
    void messagesSentTogetherShareOneSpan() throws Exception {
        List<String> ids = connect().sendAll(queue.name(), List.of("a", "b"));

        SpanData sent = telemetry.awaitSpan(name("send"));
        assertThat(sent.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
                .isEqualTo(2);
        assertThat(ids).allSatisfy(id -> assertThat(stored(id)).contains(sent.getSpanId()));
    }

    @Test
    void publishedMessagesCountForEachQueue() throws Exception {
        String topic = queue.name() + ".events";
        redis.call("SADD", "rq:{" + topic + "}:bindings", queue.name(), queue.name() + ".other");

        String id = connect().publish(topic, "a");

        SpanData published = telemetry.awaitSpan("publish " + topic);
        assertThat(published.getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("messaging.destination.name"), topic)
                .containsEntry(OPERATION_NAME, "publish")
                .containsEntry(MESSAGE_ID, id);
        assertThat(stored(id)).contains(published.getSpanId());
        assertThat(telemetry
                        .metric("messaging.client.sent.messages")
                        .getLongSumData()
                        .getPoints())
                .singleElement()
                .satisfies(point -> assertThat(point.getValue()).isEqualTo(2));
        redis.call("UNLINK", "rq:{" + topic + "}:bindings", "rq:{" + queue.name() + ".other}:ready");
    }

    @Test
    void contextThatTheApplicationSetIsNotReplaced() throws Exception {
        String id = connect().send(queue.name(), OutgoingMessage.of("a").header("Traceparent", PARENT));

        telemetry.awaitSpan(name("send"));
        assertThat(stored(id)).contains("Traceparent: " + PARENT).doesNotContain("traceparent:");
    }

    @Test
    void failedSendIsReported() throws Exception {
        RedisQueueConnection connection = connect();
        OutgoingMessage message = OutgoingMessage.of("a");
        for (int i = 0; i < 200; i++) {
            message.header("h" + i, "value");
        }

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> connection.send(queue.name(), message));

        SpanData failed = telemetry.awaitSpan(name("send"));
        assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(failed.getAttributes().get(ERROR_TYPE)).isEqualTo(IllegalArgumentException.class.getName());
    }

    // Delivering

    @Test
    void batchHasOneSpanThatLinksToTheSenders() throws Exception {
        container = FakeContainer.ofBatches(
                true, messages -> current.complete(Span.current().getSpanContext()));
        queue.push("a", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");
        queue.push("b", "no headers");
        adapter.setAddresses(redis.address());
        adapter.start(container);
        spec.setQueue(queue.name());
        adapter.endpointActivation(container, spec);

        SpanData span = telemetry.awaitSpan(name("process"));
        assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(span.getTraceId()).isNotEqualTo(TRACE);
        assertThat(span.getLinks())
                .singleElement()
                .extracting(link -> link.getSpanContext().getTraceId())
                .isEqualTo(TRACE);
        assertThat(span.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
                .isEqualTo(2);
        assertThat(span.getAttributes().get(OUTCOME)).isEqualTo("acknowledged");
        assertThat(current.get(20, TimeUnit.SECONDS).getSpanId()).isEqualTo(span.getSpanId());
    }

    private void deliverBatches(RedisBatchListener listener) throws Exception {
        container = FakeContainer.ofBatches(true, listener);
        queue.push("a", "body");
        queue.push("b", "body");
        adapter.setAddresses(redis.address());
        adapter.start(container);
        spec.setQueue(queue.name());
        spec.setLease(1_000);
    }

    private static List<String> outcomes(List<SpanData> spans) {
        return spans.stream().map(span -> span.getAttributes().get(OUTCOME)).toList();
    }

    @Test
    void messagesOfARolledBackBatchAreCountedOnce() throws Exception {
        deliverBatches(messages -> {
            if (messages.size() > 1) {
                throw new IllegalStateException("too many");
            }
        });
        adapter.endpointActivation(container, spec);

        assertThat(outcomes(telemetry.awaitSpans(name("process"), 3)))
                .containsExactlyInAnyOrder("rolled-back", "acknowledged", "acknowledged");
        assertThat(telemetry
                        .metric("messaging.client.consumed.messages")
                        .getLongSumData()
                        .getPoints())
                .extracting(LongPointData::getValue)
                .containsExactly(2L);
    }

    @Test
    void batchThatFailsUnexpectedlyEndsItsSpan() throws Exception {
        deliverBatches(messages -> {});
        container.noMemoryAfterCall = new OutOfMemoryError("test");
        adapter.endpointActivation(container, spec);

        assertThat(outcomes(telemetry.awaitSpans(name("process"), 3)))
                .containsExactlyInAnyOrder("abandoned", "acknowledged", "acknowledged");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deliveryContinuesTheTraceOfTheSender(boolean transacted) throws Exception {
        CompletableFuture<String> tenant = new CompletableFuture<>();
        deliver(transacted, message -> tenant.complete(Baggage.current().getEntryValue("tenant")));
        queue.push("a", "RQ/1\r\nTraceparent: " + PARENT + "\r\nbaggage: tenant=acme\r\n\r\nbody");

        SpanData processed = telemetry.awaitSpan(name("process"));
        assertThat(processed.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(processed.getTraceId()).isEqualTo(TRACE);
        assertThat(processed.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(processed.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(processed.getAttributes().asMap())
                .containsEntry(OPERATION_TYPE, "process")
                .containsEntry(OPERATION_NAME, "process")
                .containsEntry(MESSAGE_ID, "a")
                .containsEntry(DELIVERY_COUNT, 1L)
                .containsEntry(OUTCOME, "acknowledged")
                .doesNotContainKey(ERROR_TYPE);
        assertThat(current.get().getSpanId()).isEqualTo(processed.getSpanId());
        assertThat(tenant.get()).isEqualTo("acme");
    }

    @Test
    void failedDeliveriesReportTheirOutcomeAndTheirSettlement() throws Exception {
        spec.setMaxDeliveries(2);
        deliver(true, message -> {
            throw new IllegalStateException("no stock");
        });
        queue.push("a", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");

        SpanData deadLettered = telemetry.awaitSpan(name("dead-letter"));
        SpanData redelivered = telemetry.awaitSpan(name("redeliver"));
        List<SpanData> processed = telemetry.awaitSpans(name("process"), 2);
        assertThat(processed)
                .extracting(span -> span.getAttributes().get(OUTCOME))
                .containsExactly("redelivered", "dead-lettered");
        assertThat(processed)
                .extracting(span -> span.getAttributes().get(DELIVERY_COUNT))
                .containsExactly(1L, 2L);
        assertThat(processed).allSatisfy(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getStatus().getDescription()).isEqualTo("java.lang.IllegalStateException: no stock");
            assertThat(span.getAttributes().get(ERROR_TYPE)).isEqualTo("java.lang.IllegalStateException");
        });
        assertThat(redelivered.getParentSpanId()).isEqualTo(processed.get(0).getSpanId());
        assertThat(redelivered.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(redelivered.getAttributes().get(OPERATION_TYPE)).isEqualTo("settle");
        assertThat(redelivered.getStartEpochNanos()).isEqualTo(processed.get(0).getEndEpochNanos());
        assertThat(deadLettered.getParentSpanId()).isEqualTo(processed.get(1).getSpanId());
    }

    @Test
    void rollbackWithoutAnExceptionIsAnError() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        deliver(true, message -> {
            if (first.getCount() > 0) {
                first.countDown();
                container.fault = FakeContainer.Fault.ROLLBACK_ONLY;
            }
        });
        queue.push("a", "body");

        SpanData processed = telemetry.awaitSpans(name("process"), 2).stream() // in the order in which they ended
                .min(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .orElseThrow();
        assertThat(processed.getAttributes().get(OUTCOME)).isEqualTo("redelivered");
        assertThat(processed.getAttributes().get(ERROR_TYPE)).isEqualTo("rolled_back");
    }

    @Test
    void listenersOfExtensionsAreTraced() throws Exception {
        deliver(true, message -> {});
        QueueProbe other = QueueProbe.create(redis);
        Map<String, String> properties = Map.of("queue", other.name());
        adapter.activate(adapter, "Test.listener", properties, false, false, delivery -> {
            assertThat(Span.current().getSpanContext().isValid()).isFalse();
            delivery.begin();
            current.complete(Span.current().getSpanContext());
            return DeliveryResult.completed();
        });
        other.push("a", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");

        SpanData processed = telemetry.awaitSpan("process " + other.name());
        assertThat(processed.getTraceId()).isEqualTo(TRACE);
        assertThat(current.get().getSpanId()).isEqualTo(processed.getSpanId());
    }

    @Test
    void contextEndsWithTheDeliveryEvenIfTheListenerLeavesItsOwn() throws Exception {
        spec.setMaxConcurrency(1);
        spec.setMaxDeliveries(1);
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        deliver(false, message -> {
            if (message.id().equals("a")) {
                telemetry.tracer().spanBuilder("left open").startSpan().makeCurrent();
                throw new IllegalStateException("no stock");
            }
            second.complete(Span.current().getSpanContext().getTraceId().equals(TRACE));
        });
        queue.push("a", "body");
        queue.push("b", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");

        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
        SpanData processed = telemetry.awaitSpans(name("process"), 2).stream()
                .filter(span -> span.getTraceId().equals(TRACE))
                .findFirst()
                .orElseThrow();
        assertThat(processed.getLinks()).isEmpty(); // no other context was current on the thread
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-zz",
                "",
                "00-éa7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void invalidContextIsIgnored(String parent) throws Exception {
        deliver(true, message -> {});
        queue.push("a", "RQ/1\r\ntraceparent: " + parent + "\r\ntracestate: =,;=\r\nbaggage: ;;=%zz,=\r\n\r\nbody");

        SpanData processed = telemetry.awaitSpan(name("process"));
        assertThat(processed.getParentSpanContext().isValid()).isFalse();
        assertThat(processed.getAttributes().get(OUTCOME)).isEqualTo("acknowledged");
    }

    @Test
    void oversizedContextIsIgnored() throws Exception {
        CompletableFuture<Integer> entries = new CompletableFuture<>();
        deliver(true, message -> entries.complete(Baggage.current().size()));
        String baggage = "k=" + "v".repeat(8_192);
        queue.push(
                "a",
                "RQ/1\r\ntraceparent: " + PARENT + "-" + "0".repeat(200) + "\r\nbaggage: " + baggage + "\r\n\r\nbody");

        SpanData processed = telemetry.awaitSpan(name("process"));
        assertThat(processed.getParentSpanContext().isValid()).isFalse();
        assertThat(entries.get()).isZero();
    }

    // Receiving

    @Test
    void receivedMessageBelongsToTheTraceOfItsReceiver() throws Exception {
        RedisQueueConnection connection = connect();
        queue.push("a", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");
        Span request = telemetry.tracer().spanBuilder("request").startSpan();
        managed.getLocalTransaction().begin();
        Context context = Context.current().with(request);
        assertThat(context.wrap(() -> connection.receive(queue.name(), Duration.ZERO))
                        .call())
                .isPresent();
        managed.getLocalTransaction().commit();

        SpanData received = telemetry.awaitSpan(name("receive"));
        assertThat(received.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(received.getParentSpanId())
                .isEqualTo(request.getSpanContext().getSpanId());
        assertThat(received.getLinks())
                .extracting(LinkData::getSpanContext)
                .extracting(SpanContext::getTraceId)
                .containsExactly(TRACE);
        SpanData acknowledged = telemetry.awaitSpan(name("acknowledge"));
        assertThat(acknowledged.getParentSpanId()).isEqualTo(received.getSpanId());
    }

    @Test
    void receiverWithoutATraceContinuesThatOfTheSender() throws Exception {
        RedisQueueConnection connection = connect();
        queue.push("a", "RQ/1\r\ntraceparent: " + PARENT + "\r\n\r\nbody");

        assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();

        SpanData received = telemetry.awaitSpan(name("receive"));
        assertThat(received.getTraceId()).isEqualTo(TRACE);
        assertThat(received.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void emptyQueueIsNotReported() throws Exception {
        assertThat(connect().receive(queue.name(), Duration.ZERO)).isEmpty();

        assertThat(telemetry.spans()).isEmpty();
    }

    // Metrics

    @Test
    void messagesAreCountedAndTimed() throws Exception {
        deliver(true, message -> {});
        RedisQueueConnection connection = connect();
        connection.send(queue.name(), "a");
        connection.send(queue.name(), "b");

        telemetry.awaitSpans(name("process"), 2);
        assertThat(telemetry
                        .metric("messaging.client.sent.messages")
                        .getLongSumData()
                        .getPoints())
                .extracting(LongPointData::getValue)
                .containsExactly(2L);
        assertThat(telemetry
                        .metric("messaging.client.consumed.messages")
                        .getLongSumData()
                        .getPoints())
                .extracting(LongPointData::getValue)
                .containsExactly(2L);
        HistogramPointData processing = await().atMost(LONG)
                .until(
                        () -> telemetry.metric("messaging.process.duration").getHistogramData().getPoints().stream()
                                .findFirst()
                                .orElseThrow(),
                        point -> point.getCount() == 2);
        assertThat(processing.getAttributes().get(AttributeKey.stringKey("messaging.destination.name")))
                .isEqualTo(queue.name());
        assertThat(telemetry
                        .metric("messaging.client.operation.duration")
                        .getHistogramData()
                        .getPoints())
                .anySatisfy(point ->
                        assertThat(point.getAttributes().get(OPERATION_NAME)).isEqualTo("send"));
    }

    @Test
    void queuesAreMeasuredUntilTheConnectionEnds() throws Exception {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setAddresses(redis.address());
        factory.setClientName("measured"); // connections with equal settings would share the client and keep it open
        RedisQueueConnection connection = connect(factory);
        connection.send(queue.name(), "a");
        redis.call("SADD", "rq:queues", queue.name());

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(telemetry
                                .metric("messaging.redis_queue.queue.messages")
                                .getLongGaugeData()
                                .getPoints())
                        .anySatisfy(point -> {
                            assertThat(point.getAttributes().get(AttributeKey.stringKey("messaging.destination.name")))
                                    .isEqualTo(queue.name());
                            assertThat(point.getAttributes().get(AttributeKey.stringKey("messaging.redis_queue.place")))
                                    .isEqualTo("ready");
                            assertThat(point.getValue()).isEqualTo(1);
                        }));
        assertThat(telemetry
                        .metric("messaging.redis_queue.queue.oldest_ready.age")
                        .getDoubleGaugeData()
                        .getPoints())
                .anySatisfy(point -> assertThat(point.getValue()).isBetween(0.0, 60.0));

        managed.destroy();
        managed = null;
        assertThat(telemetry.metrics()).doesNotContain("messaging.redis_queue.queue.messages");
    }

    @Test
    void headersOfTheTraceAreVisibleToTheListener() throws Exception {
        CompletableFuture<RedisMessage> seen = new CompletableFuture<>();
        deliver(true, seen::complete);
        connect().send(queue.name(), "a");

        assertThat(seen.get(20, TimeUnit.SECONDS).header("traceparent")).isPresent();
    }
}
