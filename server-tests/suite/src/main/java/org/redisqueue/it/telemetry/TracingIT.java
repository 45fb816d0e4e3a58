// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.telemetry.app.Approval;
import org.redisqueue.it.telemetry.app.BookingListener;
import org.redisqueue.it.telemetry.app.OrdersResource;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.ra.testing.TestRedis;

/** What a server exports about requests that lead to messages, and about messages of other programs. */
@Tag("with-telemetry")
@Shows(Capability.TRACING)
class TracingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path DIRECTORY = Path.of("target", "tracing").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static OtlpCollector collector;
    private static DeployingServer server;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(DIRECTORY);
        collector = OtlpCollector.start();
        server = TestedServer.current().exportingTo(collector.address(), DIRECTORY.resolve("server"));
        server.start(TestRedis.shared().address(), Archives.RAR.toPath());
        server.deployAdapter();
        Path archive = DIRECTORY.resolve("traced.war");
        application().as(ZipExporter.class).exportTo(archive.toFile(), true);
        server.deploy(archive);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.stop();
        }
        collector.close();
    }

    private static WebArchive application() {
        return Archives.withCdi(Archives.war(
                        "traced.war", Beans.ofDefault().consuming(Approval.APPROVED, BookingListener.class)))
                .addPackage(OrdersResource.class.getPackage())
                .addAsLibrary(Archives.CDI_EXTENSION)
                .addAsResource(new StringAsset("otel.sdk.disabled=false"), "META-INF/microprofile-config.properties");
    }

    @Test
    void requestMessagesAndRowBelongToOneTrace() throws Exception {
        String order = "order-" + UUID.randomUUID();

        String id = post("orders", order);

        String trace = await().atMost(PATIENCE).until(() -> get("orders/" + order), found -> !found.isEmpty());
        Span insert = awaitSpan(trace, "insert booking");
        Span booked = parent(insert, "process " + Approval.APPROVED);
        Span forwarded = parent(booked, "send " + Approval.APPROVED);
        Span approved = parent(forwarded, "process " + OrdersResource.ORDERS);
        Span sent = parent(approved, "send " + OrdersResource.ORDERS);
        Span request = awaitSpan(trace, sent.getParentSpanId());
        assertThat(request.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(request.getParentSpanId().isEmpty()).isTrue();

        assertThat(sent.getKind()).isEqualTo(SpanKind.SPAN_KIND_PRODUCER);
        assertThat(attribute(sent, "messaging.message.id")).isEqualTo(id);
        assertThat(approved.getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
        assertThat(attribute(approved, "messaging.message.id")).isEqualTo(id);
        assertThat(attribute(approved, "messaging.system")).isEqualTo("redis_queue");
        assertThat(attribute(approved, "messaging.operation.type")).isEqualTo("process");
        assertThat(attribute(approved, "messaging.destination.name")).isEqualTo(OrdersResource.ORDERS);
        assertThat(attribute(approved, "messaging.redis_queue.delivery.outcome"))
                .isEqualTo("acknowledged");
        assertThat(attribute(booked, "server.address"))
                .isEqualTo(TestRedis.shared().host());
    }

    @Test
    void failedDeliveryIsAnErrorInTheTraceOfTheRequest() throws Exception {
        post("orders", "bad-" + UUID.randomUUID());

        Span failed = awaitSpan("process " + OrdersResource.ORDERS, StatusCode.STATUS_CODE_ERROR);
        assertThat(attribute(failed, "messaging.redis_queue.delivery.outcome")).isEqualTo("redelivered");
        assertThat(attribute(failed, "error.type")).isEqualTo("java.lang.IllegalStateException");
        String trace = hex(failed.getTraceId());
        assertThat(hex(awaitSpan(trace, "redeliver " + OrdersResource.ORDERS).getParentSpanId()))
                .isEqualTo(hex(failed.getSpanId()));
        assertThat(hex(awaitSpan(trace, "send " + OrdersResource.ORDERS).getSpanId()))
                .isEqualTo(hex(failed.getParentSpanId()));
    }

    @Test
    void messageOfAnotherProgramContinuesItsTrace() {
        String trace = UUID.randomUUID().toString().replace("-", "");
        Queue approved = new Queue(TestRedis.shared()::call, Approval.APPROVED);
        approved.push("RQ/1\r\ntraceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n\r\nforeign-" + trace);

        Span processed = awaitSpan(trace, "process " + Approval.APPROVED);
        assertThat(hex(processed.getParentSpanId())).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void receivedMessageBelongsToTheTraceOfTheRequest() throws Exception {
        String trace = UUID.randomUUID().toString().replace("-", "");
        Queue queue = new Queue(TestRedis.shared()::call, "telemetry.received");
        String id = queue.push("RQ/1\r\ntraceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n\r\nforeign");

        assertThat(post("orders/received/" + queue.name(), "")).isEqualTo(id);

        Span received = awaitSpan("receive " + queue.name(), StatusCode.STATUS_CODE_UNSET);
        assertThat(received.getLinksList()).hasSize(1);
        assertThat(hex(received.getLinks(0).getTraceId())).isEqualTo(trace);
        Span request = awaitSpan(hex(received.getTraceId()), received.getParentSpanId());
        assertThat(request.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    }

    @Test
    void messagesAreMeasured() throws Exception {
        post("orders", "measured-" + UUID.randomUUID());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(collector.metrics())
                        .containsKeys(
                                "messaging.client.sent.messages",
                                "messaging.client.consumed.messages",
                                "messaging.client.operation.duration",
                                "messaging.process.duration",
                                "messaging.redis_queue.queue.messages"));
    }

    // Spans

    /** Waits for the parent of a span, which must have this name. */
    private static Span parent(Span span, String name) {
        Span parent = awaitSpan(hex(span.getTraceId()), span.getParentSpanId());
        assertThat(parent.getName()).isEqualTo(name);
        return parent;
    }

    private static Span awaitSpan(String trace, ByteString id) {
        return awaitOne(
                "span " + hex(id),
                () -> spans(trace).stream()
                        .filter(span -> span.getSpanId().equals(id))
                        .toList());
    }

    private static Span awaitSpan(String trace, String name) {
        return awaitOne(
                name,
                () -> spans(trace).stream()
                        .filter(span -> span.getName().equals(name))
                        .toList());
    }

    private static Span awaitSpan(String name, StatusCode status) {
        return awaitOne(
                name,
                () -> collector.spans().stream()
                        .filter(span -> span.getName().equals(name))
                        .filter(span -> span.getStatus().getCode() == status)
                        .toList());
    }

    private static Span awaitOne(String what, Callable<List<Span>> search) {
        return await(what)
                .atMost(PATIENCE)
                .until(search, found -> !found.isEmpty())
                .get(0);
    }

    private static List<Span> spans(String trace) {
        return collector.spans().stream()
                .filter(span -> hex(span.getTraceId()).equals(trace))
                .toList();
    }

    private static String attribute(Span span, String name) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(name))
                .map(KeyValue::getValue)
                .map(value -> value.getStringValue())
                .findFirst()
                .orElse("");
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    // Requests

    private static String post(String path, String body) throws Exception {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    private static String get(String path) throws Exception {
        return send(request(path).GET());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.web() + "/traced/api/" + path));
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        var response = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return response.body();
    }
}
