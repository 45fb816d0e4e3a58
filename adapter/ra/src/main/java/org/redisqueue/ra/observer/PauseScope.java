// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

/** What a pause applies to. */
public enum PauseScope {
    /** All consumers of the queue, on all servers. */
    QUEUE,
    /** One listener of the queue on this server. */
    LISTENER
}
