// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;

/** An adapter in an application server, like {@link org.redisqueue.admin.ServerStatus}. */
public interface ServerData {

    String getId();

    String getHost();

    long getPid();

    String getApplicationServer();

    String getVersion();

    Date getStarted();

    Date getLastHeartbeat();

    boolean isAlive();

    boolean isStopped();

    long getUnrouted();

    ListenerData[] getListeners();
}
