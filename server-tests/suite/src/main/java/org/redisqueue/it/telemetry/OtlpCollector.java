// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** Accepts spans and metrics in the OpenTelemetry protocol over HTTP, and keeps them. */
final class OtlpCollector implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();

    private OtlpCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/traces",
                exchange -> answer(exchange, body -> {
                    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                            .flatMap(resource -> resource.getScopeSpansList().stream())
                            .flatMap(scope -> scope.getSpansList().stream())
                            .forEach(spans::add);
                    return ExportTraceServiceResponse.getDefaultInstance();
                }));
        server.createContext(
                "/v1/metrics",
                exchange -> answer(exchange, body -> {
                    ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList().stream()
                            .flatMap(resource -> resource.getScopeMetricsList().stream())
                            .flatMap(scope -> scope.getMetricsList().stream())
                            .forEach(metric -> metrics.put(metric.getName(), metric));
                    return ExportMetricsServiceResponse.getDefaultInstance();
                }));
        server.setExecutor(threads);
        server.start();
    }

    private interface Service {
        Message handle(InputStream body) throws IOException;
    }

    static OtlpCollector start() {
        try {
            return new OtlpCollector();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange, Service service) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody()) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            byte[] response =
                    service.handle(zipped ? new GZIPInputStream(body) : body).toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, response.length == 0 ? -1 : response.length);
            exchange.getResponseBody().write(response);
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The spans that were received, in this order. */
    List<Span> spans() {
        return List.copyOf(spans);
    }

    /** The metrics that were received last, by name. */
    Map<String, Metric> metrics() {
        return Map.copyOf(metrics);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
