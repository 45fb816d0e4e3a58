// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A message to be sent.
 *
 * @param value what is stored under its id
 * @param timeToLiveMillis after which time it vanishes; 0 = never
 */
public record Publication(String queue, String id, byte[] value, long timeToLiveMillis) {}
