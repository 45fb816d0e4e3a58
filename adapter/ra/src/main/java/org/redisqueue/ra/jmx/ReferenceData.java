// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

/** A message of a branch, like {@link org.redisqueue.admin.InDoubtBranch.MessageReference}. */
public interface ReferenceData {

    String getQueue();

    String getId();
}
