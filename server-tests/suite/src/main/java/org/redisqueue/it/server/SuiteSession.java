// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.redisqueue.ra.testing.TestRedis;

/** Starts Redis before the first test, and publishes its address. */
public final class SuiteSession implements LauncherSessionListener {

    /** The system property with the address of Redis, in this JVM and in the server. */
    public static final String ADDRESSES = "redisqueue.addresses";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!TestedServer.isConfigured()) {
            return;
        }
        System.setProperty(ADDRESSES, TestRedis.shared().address());
        Outcomes.ofThisJvm().clear();
        TestedServer.current().prepare();
    }
}
