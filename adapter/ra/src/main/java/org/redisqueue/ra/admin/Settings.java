// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.QueueSetting;
import org.redisqueue.ra.protocol.SettingsOperations;

/** The settings of queues. */
final class Settings {

    private final SettingsOperations operations;

    Settings(QueueOperations operations) {
        this.operations = operations.settings();
    }

    /** Returns the values of the settings that are set, sorted by name. */
    Map<String, String> all(String queue) {
        return byName(Replies.await(operations.read(queue)));
    }

    /** Returns these values with the names of their settings, sorted by name. */
    static Map<String, String> byName(Map<QueueSetting, String> settings) {
        Map<String, String> all = new TreeMap<>();
        settings.forEach((setting, value) -> all.put(setting.property(), value));
        return Collections.unmodifiableMap(all);
    }

    /** Changes a setting. An empty value removes it. Groups that no longer wait for their dead letters continue at once. */
    void change(String queue, QueueSetting setting, String value) {
        Replies.await(operations.change(queue, setting, value));
        if (setting == QueueSetting.ON_DEAD_LETTER) {
            String cursor = SettingsOperations.DONE;
            do {
                cursor = Replies.await(operations.unblock(queue, cursor));
            } while (!cursor.equals(SettingsOperations.DONE));
        }
    }
}
