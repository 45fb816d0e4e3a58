// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.redisqueue.ra.protocol.MessageFormat;

/** Adds the headers that carry the context of a trace to those of a message. They never make a message too large. */
final class TraceHeaders {

    private static final String BAGGAGE = "baggage";
    private static final int LINE_OVERHEAD = ": \r\n".length();
    private static final int HEAD_OVERHEAD = "RQ/1\r\n\r\n".length();

    private TraceHeaders() {}

    /**
     * Adds headers. Headers of the application win: if it has set one of those that identify the parent span, none of
     * them is added, because they belong together.
     *
     * @param headers the headers of the message
     * @param traceHeaders the headers to add
     * @param maxBytes maximum number of bytes before the body
     */
    static void add(Map<String, String> headers, Map<String, String> traceHeaders, int maxBytes) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(headers.keySet());
        int free = Math.min(maxBytes, MessageFormat.MAX_HEAD_BYTES) - HEAD_OVERHEAD;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            free -= bytes(header);
        }
        if (traceHeaders.keySet().stream().noneMatch(name -> !isBaggage(name) && set.contains(name))) {
            for (Map.Entry<String, String> header : traceHeaders.entrySet()) {
                if (!isBaggage(header.getKey())) {
                    int added = addIfItFits(headers, header, free);
                    if (added == 0) {
                        break; // the others are of no use without it
                    }
                    free -= added;
                }
            }
        }
        for (Map.Entry<String, String> header : traceHeaders.entrySet()) {
            if (isBaggage(header.getKey()) && !set.contains(header.getKey())) {
                free -= addIfItFits(headers, header, free);
            }
        }
    }

    /** @return number of bytes that were added */
    private static int addIfItFits(Map<String, String> headers, Map.Entry<String, String> header, int free) {
        int bytes = bytes(header);
        if (bytes > free || headers.size() >= MessageFormat.MAX_HEADERS) {
            return 0;
        }
        headers.put(header.getKey(), header.getValue());
        return bytes;
    }

    private static boolean isBaggage(String name) {
        return name.equalsIgnoreCase(BAGGAGE);
    }

    private static int bytes(Map.Entry<String, String> header) {
        return (header.getKey() + header.getValue()).getBytes(StandardCharsets.UTF_8).length + LINE_OVERHEAD;
    }
}
