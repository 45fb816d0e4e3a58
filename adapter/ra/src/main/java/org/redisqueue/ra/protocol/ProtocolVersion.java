// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.protocol.CommandRights.Denial;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/**
 * The version of the protocol in Redis. It increases when adapters of an earlier version must no longer use the same Redis,
 * because they would lose or repeat messages.
 */
final class ProtocolVersion {

    /** The version of this adapter. */
    static final int OWN = 1;

    private final RedisClient client;
    private final String key;

    ProtocolVersion(RedisClient client, Keys keys) {
        this.client = client;
        this.key = keys.version();
    }

    /**
     * Requires that the version in Redis is that of this adapter. Stores it if there is none. Blocks.
     *
     * @throws RedisUnavailableException if Redis has another version (RQ-143)
     */
    void require(RedissonClient redisson) {
        RBucket<String> stored = redisson.getBucket(key, StringCodec.INSTANCE);
        String found;
        try {
            found = stored.get();
            if (found == null && !store(stored)) {
                found = stored.get(); // another process has just stored its version
            }
        } catch (RedisException e) {
            if (Denial.of(String.valueOf(e.getMessage())) != Denial.NONE) {
                return; // a user who may only access certain keys
            }
            throw e;
        }
        if (found != null && !found.equals(Integer.toString(OWN))) {
            throw new RedisUnavailableException("RQ-143 Redis at " + client.address() + " is used with version '"
                    + PrintableText.of(found) + "' of the protocol, but this adapter has version " + OWN
                    + ". Install the adapter that the other servers have, or use a different keyPrefix.");
        }
    }

    /** Stores the version; if Redis accepts no writes, the next connection does so. Returns false if there is a version. */
    private static boolean store(RBucket<String> version) {
        try {
            return version.setIfAbsent(Integer.toString(OWN));
        } catch (RedisException e) {
            return true;
        }
    }
}
