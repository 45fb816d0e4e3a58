// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats in which {@code groups.lua} keeps the group and the priority of a message. */
class MessageAttributesTest {

    @ParameterizedTest
    @CsvSource({
        "0000000000000a01 customer-17, customer-17, 0",
        "0000000000000a01 customer-17 10, customer-17, 10",
        "'0000000000000a01  -10', , -10",
        "- 0000000000000a01 customer-17 5, customer-17, 5"
    })
    void areRead(String text, String group, int priority) {
        assertThat(MessageAttributes.parse(text)).isEqualTo(new MessageAttributes(group, priority));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "customer-17", "a01 customer-17", "0000000000000a01 customer-17 99", "0000000000000a01 a b"})
    void countAsNoneIfTheyAreMalformed(String text) {
        assertThat(MessageAttributes.parse(text)).isEqualTo(new MessageAttributes(null, 0));
    }
}
