// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

/** A topic, like {@link org.redisqueue.admin.TopicStatus}. */
public interface TopicData {

    String getName();

    String[] getQueues();
}
