// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.it.docs.Transcript.Figures;

class TranscriptTest {

    @Test
    void linesOfThePageAreInTheOutput() {
        Transcript transcript = transcript("first\nthird");

        assertThat(transcript.matches("first\nsecond\nthird", Figures.EQUAL)).isTrue();
        assertThat(transcript.matches("third\nfirst", Figures.EQUAL)).isFalse();
        assertThat(transcript.matches("first", Figures.EQUAL)).isFalse();
    }

    @Test
    void figuresVaryButZeroDoesNot() {
        Transcript transcript = transcript("orders 212 0");

        assertThat(transcript.matches("orders 12 0", Figures.VARY)).isTrue();
        assertThat(transcript.matches("orders 0 0", Figures.VARY)).isFalse();
        assertThat(transcript.matches("orders 12 3", Figures.VARY)).isFalse();
        assertThat(transcript.matches("orders 12 0", Figures.EQUAL)).isFalse();
        assertThat(transcript.matches("orders 0 3", Figures.VARY_FREELY)).isTrue();
    }

    @Test
    void exceptionMustBeOnThePage() {
        String output =
                "DONE\nException in thread \"main\" java.lang.NullPointerException\n\tat org.example.Main.main(Main.java:1)";

        assertThat(transcript("DONE").hasUnexpectedException(output)).isTrue();
        assertThat(transcript("Exception in thread …").hasUnexpectedException(output))
                .isFalse();
        assertThat(transcript("reason: jakarta.persistence.PersistenceException: …")
                        .hasUnexpectedException("reason: jakarta.persistence.PersistenceException: Article 4711"))
                .isFalse();
    }

    private static Transcript transcript(String expected) {
        return Transcript.of("$ command\n" + expected).get(0);
    }
}
