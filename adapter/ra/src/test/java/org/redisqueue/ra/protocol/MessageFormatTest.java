// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.protocol.MessageFormat.Content;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;

class MessageFormatTest {

    @Test
    void headersAndBodySurviveEncodingAndDecoding() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("type", "order");
        headers.put("X-Trace.id_1", "a: b; c=\"d\"");
        headers.put("empty", "");
        headers.put("name", "Zoë 😀");
        byte[] body = {0, 13, 10, 13, 10, -1, -128, 127};

        Content content = MessageFormat.decode(MessageFormat.encode(headers, body));

        assertThat(content.headers()).containsExactlyInAnyOrderEntriesOf(headers);
        assertThat(content.body()).isEqualTo(body);
    }

    @Test
    void isWrittenAsTextThatAnyToolCanRead() {
        assertThat(MessageFormat.encode(Map.of("type", "order"), bytes("hello")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("RQ/1\r\ntype: order\r\n\r\nhello");
    }

    @Test
    void emptyHeadersAndBodySurviveEncodingAndDecoding() throws Exception {
        Content content = MessageFormat.decode(MessageFormat.encode(Map.of(), new byte[0]));

        assertThat(content.headers()).isEmpty();
        assertThat(content.body()).isEmpty();
    }

    @Test
    void bodyThatLooksLikeHeadersIsReadAsBody() throws Exception {
        byte[] body = bytes("RQ/1\r\ntype: other\r\n\r\n");

        Content content = MessageFormat.decode(MessageFormat.encode(Map.of("type", "order"), body));

        assertThat(content.headers()).containsExactly(entry("type", "order"));
        assertThat(content.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{\"json\": true}",
                "R",
                "RQ",
                "RQ/",
                "RQ/\r\n",
                "RQ/1",
                "RQ/1 is not a first line\r\n",
                "RQ/x\r\n",
                "RQ/1234567890123456\r\n",
                "rq/1\r\n\r\n",
                " RQ/1\r\n\r\n"
            })
    void plainValueIsABodyWithoutHeaders(String value) throws Exception {
        Content content = MessageFormat.decode(bytes(value));

        assertThat(content.headers()).isEmpty();
        assertThat(content.body()).isEqualTo(bytes(value));
    }

    @Test
    void binaryValueIsABody() throws Exception {
        byte[] value = {(byte) 0xac, (byte) 0xed, 0, 5};

        assertThat(MessageFormat.decode(value).body()).isEqualTo(value);
    }

    @Test
    void linesMayEndWithALineFeedAlone() throws Exception {
        Content content = MessageFormat.decode(bytes("RQ/1\ntype: order\nid:7\n\nhello\n"));

        assertThat(content.headers()).containsExactly(entry("id", "7"), entry("type", "order"));
        assertThat(content.body()).isEqualTo(bytes("hello\n"));
    }

    @Test
    void headerNamesAreCaseInsensitive() throws Exception {
        Content content = MessageFormat.decode(bytes("RQ/1\r\nContent-Type: text\r\n\r\n"));

        assertThat(content.headers().get("content-type")).isEqualTo("text");
    }

    @Test
    void whitespaceAroundAValueIsIgnored() throws Exception {
        Content content = MessageFormat.decode(bytes("RQ/1\r\na:  b c \t\r\nd:\r\n\r\n"));

        assertThat(content.headers()).containsExactly(entry("a", "b c"), entry("d", ""));
    }

    @Test
    void lastValueOfADuplicateHeaderWins() throws Exception {
        assertThat(MessageFormat.decode(bytes("RQ/1\r\na: 1\r\nA: 2\r\n\r\n")).headers())
                .containsExactly(entry("a", "2"));
    }

    @Test
    void decodedHeadersCannotBeModified() throws Exception {
        Map<String, String> headers =
                MessageFormat.decode(bytes("RQ/1\r\na: 1\r\n\r\n")).headers();

        assertThatThrownBy(() -> headers.put("b", "2")).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RQ/2\r\na: 1\r\n\r\n", "RQ/10\r\n\r\n", "RQ/0\n\n", "RQ/01\r\n\r\n"})
    void unknownVersionIsReported(String value) {
        assertThatThrownBy(() -> MessageFormat.decode(bytes(value)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Unknown message format '" + value.split("\\R")[0] + "': must be RQ/1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RQ/1\r\na: 1\r\nno colon\r\n\r\n",
                "RQ/1\r\na: 1\r\n: no name\r\n\r\n",
                "RQ/1\r\na: 1\r\n space: 1\r\n\r\n",
                "RQ/1\r\na: 1\r\nname : 1\r\n\r\n",
                "RQ/1\r\na: 1\r\nnäme: 1\r\n\r\n"
            })
    void malformedHeaderIsReportedWithItsLine(String value) {
        assertThatThrownBy(() -> MessageFormat.decode(bytes(value)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("Malformed header in line 3: must be 'name: value'");
    }

    @Test
    void headerNamesMayHaveUpTo100Characters() throws Exception {
        String longest = "x".repeat(100);

        assertThat(MessageFormat.decode(bytes("RQ/1\r\n" + longest + ": 1\r\n\r\n"))
                        .headers())
                .containsKey(longest);
        assertThatThrownBy(() -> MessageFormat.decode(bytes("RQ/1\r\nx" + longest + ": 1\r\n\r\n")))
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RQ/1\r\n", "RQ/1\r\na: 1\r\n", "RQ/1\r\na: 1", "RQ/1\r\na: 1\r\n\r"})
    void unterminatedHeadIsMalformed(String value) {
        assertThatThrownBy(() -> MessageFormat.decode(bytes(value)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Malformed header: the empty line before the body is missing");
    }

    @Test
    void headOf64KibibytesIsReadAndALargerOneIsMalformed() throws Exception {
        String largest = "RQ/1\r\na: " + "x".repeat(65_536 - 13) + "\r\n\r\n";
        assertThat(largest).hasSize(65_536);

        assertThat(MessageFormat.decode(bytes(largest + "body")).body()).isEqualTo(bytes("body"));
        assertThatThrownBy(() -> MessageFormat.decode(bytes(largest.replace("a:", "aa:") + "body")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("The headers have more than 65536 bytes.");
    }

    @Test
    void upTo200HeadersAreReadAndMoreAreMalformed() throws Exception {
        String head = "RQ/1\r\n" + "a: 1\r\n".repeat(199) + "b: 2\r\n";

        assertThat(MessageFormat.decode(bytes(head + "\r\n")).headers()).hasSize(2);
        assertThatThrownBy(() -> MessageFormat.decode(bytes(head + "c: 3\r\n\r\n")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("The message has more than 200 headers.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: 1\r\n", "x\n", "no end"})
    @Timeout(1)
    void largeHeadsAreMeasuredBeforeTheyAreRead(String piece) {
        byte[] value = bytes("RQ/1\r\n" + piece.repeat(10_000_000 / piece.length()));

        assertThatThrownBy(() -> MessageFormat.decode(value))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("more than");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
