// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.redisqueue.internal.PrintableText;

/**
 * The format in which headers and body are stored as one value: the line {@code RQ/1}, a line {@code name: value} for
 * each header, an empty line, and the body. Lines end with CR LF or with LF alone. Any other value is a body without
 * headers.
 */
public final class MessageFormat {

    /** The header that contains the time at which the message was sent, in ISO 8601 format. */
    public static final String SENT = "sent";

    /** The header that contains the time at which a scheduled message becomes due, in ISO 8601 format. */
    public static final String DELIVER_AT = "Deliver-At";

    /** The header that contains the group of the message. */
    public static final String GROUP = "Group";

    /** The header that contains the priority of the message. */
    public static final String PRIORITY = "Priority";

    /** The maximum size of the part before the body, in bytes. */
    public static final int MAX_HEAD_BYTES = 65_536;

    /** The maximum number of headers, including those of the adapter. */
    public static final int MAX_HEADERS = 200;

    private static final byte[] MAGIC = "RQ/".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_FIRST_LINE_BYTES = 16;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private MessageFormat() {}

    /**
     * The content of a value.
     *
     * @param headers the headers by name; names are case-insensitive
     * @param body the body
     */
    public record Content(Map<String, String> headers, byte[] body) {}

    /** Thrown when a value cannot be read. The message states the reason. */
    public static final class MalformedMessageException extends Exception {

        private static final long serialVersionUID = 1L;

        public MalformedMessageException(String message) {
            super(PrintableText.of(message));
        }
    }

    /**
     * Encodes headers and body as one value.
     *
     * @param headers the headers, which must be valid
     * @throws IllegalArgumentException if there are more than {@value #MAX_HEADERS} headers, or they take more than
     *     {@value #MAX_HEAD_BYTES} bytes
     */
    public static byte[] encode(Map<String, String> headers, byte[] body) {
        if (headers.size() > MAX_HEADERS) {
            throw new IllegalArgumentException("RQ-129 The message has " + headers.size()
                    + " headers, including those of the adapter, but at most " + MAX_HEADERS + " are allowed.");
        }
        StringBuilder head = new StringBuilder("RQ/1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("\r\n");
        byte[] bytes = head.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_HEAD_BYTES) {
            throw new IllegalArgumentException("RQ-129 The headers of the message have " + bytes.length
                    + " bytes, but at most " + MAX_HEAD_BYTES + " are allowed.");
        }
        byte[] all = Arrays.copyOf(bytes, bytes.length + body.length);
        System.arraycopy(body, 0, all, bytes.length, body.length);
        return all;
    }

    /**
     * Decodes a stored value.
     *
     * @throws MalformedMessageException if the value begins like one with headers but does not follow the format, or if
     *     its headers are too many or too large
     */
    public static Content decode(byte[] value) throws MalformedMessageException {
        if (!beginsWithHead(value)) {
            return new Content(Map.of(), value);
        }
        Lines lines = new Lines(value);
        String version = lines.next();
        if (!version.equals("RQ/1")) {
            throw new MalformedMessageException("Unknown message format '" + version + "': must be RQ/1");
        }
        requireBounded(value);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon);
            if (!NAME.matcher(name).matches()) {
                throw new MalformedMessageException("Malformed header in line " + lines.count
                        + ": must be 'name: value' with a name of 1 to 100 characters from A-Z a-z 0-9 . _ -");
            }
            headers.put(name, line.substring(colon + 1).strip());
        }
        byte[] body = Arrays.copyOfRange(value, lines.position, value.length);
        return new Content(Collections.unmodifiableMap(headers), body);
    }

    /** Whether a value is a body without headers. */
    public static boolean isBody(byte[] value) {
        return !beginsWithHead(value);
    }

    private static boolean beginsWithHead(byte[] value) {
        if (value.length < MAGIC.length || !Arrays.equals(value, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return false;
        }
        for (int i = MAGIC.length; i < value.length && i < MAX_FIRST_LINE_BYTES; i++) {
            if (value[i] == '\r' || value[i] == '\n') {
                return i > MAGIC.length;
            }
            if (value[i] < '0' || value[i] > '9') {
                return false;
            }
        }
        return false;
    }

    /** Checks the limits of the head before it is parsed. */
    private static void requireBounded(byte[] value) throws MalformedMessageException {
        int lines = 0;
        int lineStart = 0;
        for (int i = 0; i < value.length; i++) {
            if (i == MAX_HEAD_BYTES) {
                throw new MalformedMessageException("The headers have more than " + MAX_HEAD_BYTES + " bytes.");
            }
            if (value[i] == '\n') {
                boolean empty = i == lineStart || i == lineStart + 1 && value[lineStart] == '\r';
                if (empty) {
                    return;
                }
                lineStart = i + 1;
                if (++lines > 1 + MAX_HEADERS) {
                    throw new MalformedMessageException("The message has more than " + MAX_HEADERS + " headers.");
                }
            }
        }
    }

    private static final class Lines {

        private final byte[] value;
        private int position;
        private int count;

        private Lines(byte[] value) {
            this.value = value;
        }

        private String next() throws MalformedMessageException {
            int start = position;
            while (position < value.length) {
                if (value[position++] == '\n') {
                    count++;
                    int end = position - 1;
                    if (end > start && value[end - 1] == '\r') {
                        end--;
                    }
                    return new String(value, start, end - start, StandardCharsets.UTF_8);
                }
            }
            throw new MalformedMessageException("Malformed header: the empty line before the body is missing");
        }
    }
}
