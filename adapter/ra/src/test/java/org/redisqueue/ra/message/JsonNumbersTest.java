// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumbersTest {

    private static final String DIGITS = "7".repeat(1_000);
    private static final String TEXT_OF_DIGITS = "7".repeat(10_000);

    static Stream<String> accepted() {
        return Stream.of(
                "",
                "{}",
                DIGITS,
                "[" + DIGITS + "," + DIGITS + "]",
                "{\"a\":-1.5e+3,\"b\":1e1000,\"c\":1E-1000}",
                "\"" + TEXT_OF_DIGITS + "\"",
                "\"" + "x".repeat(100_000) + "\"",
                "\"" + TEXT_OF_DIGITS + TEXT_OF_DIGITS + "h\"",
                "\"\\\"" + TEXT_OF_DIGITS + TEXT_OF_DIGITS + "\"",
                "\"unterminated",
                "\"unterminated\\",
                "\"unterminated\\u12",
                "\"\\uzzzz\"");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void numbersOfUsualSizeAreAccepted(String json) {
        assertThatCode(() -> JsonNumbers.require(json)).doesNotThrowAnyException();
    }

    static Stream<String> tooLong() {
        return Stream.of(
                DIGITS + "7",
                "-" + DIGITS,
                "{\"a\":\"\\\\\",\"b\":" + DIGITS + "7}",
                "[\"\\\"\"," + DIGITS + "7]",
                "0." + DIGITS);
    }

    @ParameterizedTest
    @MethodSource("tooLong")
    void longNumbersAreRejectedAndNotQuoted(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonNumbers.require(json))
                .withMessage("it contains a number of more than 1000 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1001", "[1E-1001]", "1e+99999999999999999999", "1e-9223372036854775808"})
    void largeExponentsAreRejectedAndNotQuoted(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonNumbers.require(json))
                .withMessage("it contains a number with an exponent beyond 1000");
    }

    static Stream<String> longStringsOfDigits() {
        return Stream.of(
                "\"" + TEXT_OF_DIGITS + "7\"",
                "{\"" + TEXT_OF_DIGITS + "7\":1}",
                "\"-" + TEXT_OF_DIGITS + "\"",
                "\"" + "\\u0037".repeat(10_001) + "\"",
                "\"" + "\u0667".repeat(10_001) + "\"");
    }

    @ParameterizedTest
    @MethodSource("longStringsOfDigits")
    void longStringsOfDigitsAreRejectedAndNotQuoted(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonNumbers.require(json))
                .withMessage("it contains a string of more than 10000 digits");
    }
}
