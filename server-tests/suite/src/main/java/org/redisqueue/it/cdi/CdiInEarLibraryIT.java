// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

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
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.cdi.library.Relaying;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.ra.testing.TestRedis;

/** The adapter is in an EAR, and the extension is in the libraries of the EAR, for all modules. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.CDI_IN_EAR_LIBRARY)
@RunAsClient
class CdiInEarLibraryIT {

    private static final String EAR = "library";

    @ArquillianResource
    private Deployer deployer;

    /** The test deploys it, because the deployment fails on some servers. */
    @Deployment(name = EAR, managed = false, testable = false)
    static EnterpriseArchive application() {
        return Archives.ear(
                        "library.ear",
                        Archives.rar(),
                        Archives.withCdi(Archives.war(Beans.of(Archives.IN_EAR)))
                                .addPackage(Relaying.class.getPackage()))
                .addAsLibrary(Archives.CDI_EXTENSION)
                .addAsLibraries(Archives.neededByExtensionInEar());
    }

    @Test
    void listenerInWarConsumesWithTheExtensionInTheLibrariesOfItsEar() {
        Queue queue = new Queue(TestRedis.shared()::call, Relaying.QUEUE);
        Queue next = new Queue(TestRedis.shared()::call, Relaying.NEXT);

        deployer.deploy(EAR);
        try {
            queue.push("payload");
            await().untilAsserted(() -> assertThat(next.bodies()).containsExactly("payload"));
        } finally {
            deployer.undeploy(EAR);
        }
    }
}
