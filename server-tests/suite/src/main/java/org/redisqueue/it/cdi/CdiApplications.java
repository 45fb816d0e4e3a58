// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.it.cdi.app.Parameters;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;

/** Creates the applications of the CDI tests. */
final class CdiApplications {

    private static final String DESCRIPTOR = """
            <redis-queue xmlns="https://redisqueue.org/ns/redis-queue" version="1.0">
              <listener name="moved">
                <queue>${cdi.unset:cdi.described}</queue>
                <property name="maxConcurrency">2</property>
              </listener>
              <listener name="Transacted.redirected">
                <send-to>cdi.${cdi.unset:redirected}.done</send-to>
              </listener>
            </redis-queue>
            """;

    private static final String MICROPROFILE_CONFIG = """
            cdi.configured.queue=cdi.configured
            cdi.configured.deliveries=1
            """;

    private CdiApplications() {}

    /** All beans, and a test that runs in the server, without the extension. */
    static WebArchive war(Class<?> test, Beans beans) {
        return Archives.with(test, Archives.withCdi(Archives.war(beans)))
                .addPackage(Parameters.class.getPackage())
                .addClass(CdiContract.class)
                .addAsWebInfResource(new StringAsset(DESCRIPTOR), "redis-queue.xml")
                .addAsResource(new StringAsset(MICROPROFILE_CONFIG), "META-INF/microprofile-config.properties");
    }
}
