// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ServerSetup;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.StandaloneAdapter;

/** The adapter is deployed by itself, and the extension is in a WAR. */
@ExtendWith(ArquillianExtension.class)
@ServerSetup(StandaloneAdapter.class)
class CdiInWarIT extends CdiContract {

    @Deployment
    static WebArchive application() {
        return CdiApplications.war(CdiInWarIT.class, Beans.of(Archives.STANDALONE))
                .addAsLibrary(Archives.CDI_EXTENSION);
    }
}
