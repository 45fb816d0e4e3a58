// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectReaderTest {

    @Test
    void readsPropertiesAsText() {
        assertThat(JsonObjectReader.read(" {\"a\" : \"b\", \"n\":-1.5e+3,\"t\":true , \"x\":null} "))
                .contains(Map.of("a", "b", "n", "-1.5e+3", "t", "true", "x", "null"));
        assertThat(JsonObjectReader.read("{}")).contains(Map.of());
    }

    @Test
    void readsEscapedCharacters() {
        assertThat(JsonObjectReader.read("{\"\\u00dc\\\"\":\"\\\\ \\/ \\n \\r \\t \\b \\f \\ud83d\\ude00\"}"))
                .contains(Map.of("\u00dc\"", "\\ / \n \r \t \b \f \ud83d\ude00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "null",
                "[]",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":[1]}",
                "{\"a\":{}}",
                "{\"a\":\"b",
                "{\"a\":1}x",
                "{a:1}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\uxxxx\"}",
                "{,}",
                "{\"a\":1,}"
            })
    void anythingElseIsRefused(String json) {
        assertThat(JsonObjectReader.read(json)).isEmpty();
    }
}
