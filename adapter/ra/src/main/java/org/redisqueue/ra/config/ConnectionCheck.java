// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds values of connection properties that are valid individually, but not in combination or on this machine. */
final class ConnectionCheck {

    private final ConnectionProperties properties;
    private final Map<String, String> problems = new LinkedHashMap<>();

    private ConnectionCheck(ConnectionProperties properties) {
        this.properties = properties;
    }

    /** Returns the problems by property name, in the form that {@link Configuration#check} expects. */
    static Map<String, String> problems(ConnectionProperties properties) {
        ConnectionCheck check = new ConnectionCheck(properties);
        if (isSet(properties.getRedissonYaml())) {
            check.requireFile("redissonYaml", properties.getRedissonYaml());
        } else {
            check.checkTopology();
            check.checkTls();
            check.checkPool();
        }
        return check.problems;
    }

    private void checkTopology() {
        String mode = properties.getMode();
        String addresses = properties.getAddresses();
        if ("single".equals(mode) && addresses != null && addresses.contains(",")) {
            problems.put("addresses", "mode 'single' requires exactly one address");
        }
        if ("sentinel".equals(mode) && !isSet(properties.getMasterName())) {
            problems.put("masterName", "mode 'sentinel' requires it");
        }
        if ("cluster".equals(mode) && properties.getDatabase() != null && properties.getDatabase() != 0) {
            problems.put("database", "mode 'cluster' requires database 0");
        }
        if (addresses != null && addresses.contains("redis://") && addresses.contains("rediss://")) {
            problems.put("addresses", "must not combine redis:// and rediss://");
        }
    }

    private void checkTls() {
        requireFile("trustStore", properties.getTrustStore());
        requireFile("keyStore", properties.getKeyStore());
        requireTls("trustStore", properties.getTrustStore());
        requireTls("keyStore", properties.getKeyStore());
    }

    private void checkPool() {
        Integer minimumIdle = properties.getMinimumIdle();
        Integer poolSize = properties.getPoolSize();
        if (minimumIdle != null && poolSize != null && minimumIdle > poolSize) {
            problems.put("minimumIdle", "must not exceed poolSize, which is '" + poolSize + "'");
        }
    }

    private void requireTls(String name, @Nullable String path) {
        String addresses = properties.getAddresses();
        if (isSet(path) && addresses != null && addresses.contains("redis://")) {
            problems.put(name, "requires TLS: use rediss:// in addresses");
        }
    }

    private void requireFile(String name, @Nullable String path) {
        if (path != null && !path.isEmpty() && !(new File(path).isFile() && new File(path).canRead())) {
            problems.put(name, "must be a readable file");
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
