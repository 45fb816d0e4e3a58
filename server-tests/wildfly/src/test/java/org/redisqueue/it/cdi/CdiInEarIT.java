// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;

/** The adapter is in the EAR, and the extension is in its libraries. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
class CdiInEarIT extends CdiContract {

    @Deployment
    static EnterpriseArchive application() {
        return Archives.ear(Archives.rar(), CdiApplications.war(CdiInEarIT.class, Beans.of(Archives.IN_EAR)))
                .addAsLibrary(Archives.CDI_EXTENSION);
    }
}
