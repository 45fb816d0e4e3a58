// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.OrderListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.RelayListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.ra.testing.TestRedis;

/** The resource adapter is deployed in an EAR only. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.IN_EAR)
@RunAsClient
class EarIT {

    private static final String EAR = "ear";

    @ArquillianResource
    private Deployer deployer;

    /** The test deploys it, because some servers do not support EARs. */
    @Deployment(name = EAR, managed = false, testable = false)
    static EnterpriseArchive application() {
        Beans beans = Beans.of(Archives.IN_EAR)
                .consuming("ear.interface", RelayListener.class)
                .consuming("ear.method", OrderListener.class);
        return Archives.ear(Archives.rar(), Archives.war(beans));
    }

    @Test
    void beansInEarConsumeAndSendThroughItsAdapter() {
        Queue relayed = queue("ear.interface");
        Queue consumed = queue("ear.method");

        deployer.deploy(EAR);
        try {
            relayed.push("payload");
            consumed.push("{\"article\": \"kettle\", \"quantity\": 2}");
            await().untilAsserted(() ->
                    assertThat(queue("ear.interface.done").bodies()).containsExactly("payload"));
            await().untilAsserted(() -> assertThat(consumed.keys()).isEmpty());
        } finally {
            deployer.undeploy(EAR);
        }
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }
}
