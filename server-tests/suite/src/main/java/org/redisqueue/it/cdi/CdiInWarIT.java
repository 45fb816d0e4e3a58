// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** The adapter is deployed on its own, and the extension is in a WAR. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.CDI)
class CdiInWarIT extends CdiContract {

    @Deployment
    static WebArchive application() {
        return CdiApplications.war(CdiInWarIT.class, Beans.of(Archives.STANDALONE))
                .addAsLibrary(Archives.CDI_EXTENSION);
    }
}
