// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;

/** Connection properties that a test fills in. */
public final class TestProperties extends ConnectionProperties {

    /** The defaults, with the address of this server. */
    public static TestProperties of(TestRedis redis) {
        return at(redis.address());
    }

    /** The defaults, with this address. */
    public static TestProperties at(String addresses) {
        TestProperties properties = new TestProperties();
        properties.setAddresses(addresses);
        Configuration.applyDefaults(properties);
        return properties;
    }
}
