// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MavenCommandTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verfiy",
                "wildfly:rnu -Prun",
                "nosuch:run",
                "verify -pl adapter/ra -ma",
                "verify --pl adapter/ra",
                "verify -pl nosuch",
                "verify -pl",
                "-f nosuch verify",
                "install -DskipTest",
                "verify -Didx",
                "verify -Pnosuch",
                "verify -Dit.test=NoSuchIT",
                "verify -Dtest=ClaimTests"
            })
    void whatDoesNotExistIsAnError(String command) {
        assertThat(MavenCommand.errors(command)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify",
                "clean deploy -Prelease",
                "wildfly:run -Prun -Dhttp.port=8081",
                "-f adapter verify",
                "verify -pl adapter/ra,cdi-extension -am -Dtest='ClaimTest,SendTest'",
                "verify -pl server-tests/<id> -am",
                "test -Dredisqueue.update=true"
            })
    void whatExistsIsNoError(String command) {
        assertThat(MavenCommand.errors(command)).isEmpty();
    }
}
