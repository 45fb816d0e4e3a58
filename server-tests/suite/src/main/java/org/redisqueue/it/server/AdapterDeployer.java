// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.test.spi.event.suite.BeforeClass;

/** Deploys the adapter according to {@link Adapter}, before the applications of a test class are deployed. */
public final class AdapterDeployer {

    private static final int BEFORE_DEPLOYMENTS = 100;

    void deploy(@Observes(precedence = BEFORE_DEPLOYMENTS) BeforeClass event) {
        Adapter adapter = event.getTestClass().getAnnotation(Adapter.class);
        if (adapter == null) {
            return;
        }
        if (adapter.value() == Adapter.Deployment.STANDALONE) {
            TestedServer.current().deployAdapter();
        } else {
            TestedServer.current().undeployAdapter();
        }
    }
}
