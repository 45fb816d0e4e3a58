// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    private static final String BLOCK = "```console\n$ true\n```\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "doctest: untill WFLYSRV0025",
                "doctest: figures varies",
                "doctest: figures vary today",
                "doctest: not run",
                "doctest: not runs: needs Docker",
                "doctest: until",
                "doctest: into file",
                "doctest:",
                "doctest expect RQ-301",
                "doc-test: nosuch",
                "doctest page: nosuch"
            })
    void unknownDirectiveIsRefused(String comment) {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Page.parse("<!-- " + comment + " -->\n" + BLOCK));
    }

    @Test
    void directiveWithoutBlockIsRefused() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Page.parse("<!-- doctest: figures vary -->\ntext\n" + BLOCK));
    }

    @Test
    void blockHasAllDirectivesThatPrecedeIt() {
        Step block = Page.parse("<!-- doctest: figures vary -->\n<!-- doctest: fails: redis-queue check -->\n" + BLOCK)
                .steps()
                .get(0);

        assertThat(block.has("figures vary")).isTrue();
        assertThat(block.fails("redis-queue check")).isTrue();
        assertThat(block.fails("redis-queue check --repair")).isFalse();
    }
}
