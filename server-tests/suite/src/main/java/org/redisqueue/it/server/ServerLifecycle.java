// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.test.spi.event.suite.BeforeSuite;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Starts the server for the first test class that needs it, and stops it after the last one. Arquillian would restart
 * it: where Maven runs the tests in several JVMs, it hands over the classes one by one, and each is a suite.
 */
public final class ServerLifecycle implements LauncherSessionListener {

    private static final int BEFORE_CONTAINERS = 100;

    void start(@Observes(precedence = BEFORE_CONTAINERS) BeforeSuite event) {
        TestedServer.current().start();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (TestedServer.isConfigured()) {
            TestedServer.current().stop();
        }
    }
}
