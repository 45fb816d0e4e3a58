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

/** An EAR has the resource adapter in it, and nothing else has. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.IN_EAR)
@RunAsClient
class EarIT {

    private static final String EAR = "ear";

    @ArquillianResource
    private Deployer deployer;

    /** Deployed by the test, as not every server takes EARs. */
    @Deployment(name = EAR, managed = false, testable = false)
    static EnterpriseArchive application() {
        Beans beans = Beans.of(Archives.IN_EAR)
                .consuming("ear.interface", RelayListener.class)
                .consuming("ear.method", OrderListener.class);
        return Archives.ear(Archives.rar(), Archives.war(beans));
    }

    @Test
    void beansInEarConsumeAndSendThroughTheAdapterInIt() {
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
