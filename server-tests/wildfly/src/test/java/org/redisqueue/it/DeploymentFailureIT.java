// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.OrderListener;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.app.annotated.TwoBodies;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;

/**
 * The deployment of an invalid listener fails with an explanation.
 *
 * <p>WildFly keeps a bean whose activation has failed, and can then no longer be suspended, resumed or reloaded. Tests that do
 * so have the tag {@code alone}, and run in another server.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class DeploymentFailureIT {

    @ContainerResource
    private ManagementClient management;

    private Server server;

    @BeforeEach
    void deployTheAdapter() {
        server = new Server(management);
        TestedServer.current().deployAdapter();
    }

    @Test
    void listenerThatCannotBeCalledIsReportedWithTheReason() {
        assertDeploymentFails(
                Beans.of(Archives.STANDALONE).consuming("deployment-failure.signature", TwoBodies.class),
                "TwoBodies.order(java.lang.String,byte[],java.lang.String)' cannot be called",
                "it has 2 parameters without @Header, but must have exactly one");
    }

    @Test
    void invalidQueueNameIsReportedWithTheAllowedCharacters() {
        assertDeploymentFails(
                Beans.of(Archives.STANDALONE).consuming("orders of today", ScriptedListener.class),
                "'queue' is 'orders of today'",
                "1 to 200 characters from");
    }

    @Test
    void listenerWithoutQueueIsReportedWithTheMissingSetting() {
        assertDeploymentFails(
                Beans.of(Archives.STANDALONE).consuming("", OrderListener.class),
                "No queue is configured for",
                "OrderListener.order(",
                "activation property 'queue'");
    }

    @Test
    void everyPropertyOutOfRangeIsReportedWithItsRange() {
        assertDeploymentFails(
                Beans.of(Archives.STANDALONE)
                        .consuming("deployment-failure.range", ScriptedListener.class, "maxConcurrency=0", "lease=10"),
                "'maxConcurrency' is '0', but must be 1 to 1,000",
                "'lease' is '10', but must be 1,000 to 3,600,000 ms");
    }

    private void assertDeploymentFails(Beans beans, String... words) {
        assertThatThrownBy(() -> server.deploy(Archives.war(beans).addClass(TwoBodies.class)))
                .message()
                .contains(words);
    }
}
