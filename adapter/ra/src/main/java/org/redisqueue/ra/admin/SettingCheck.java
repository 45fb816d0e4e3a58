// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.ArrayList;
import java.util.List;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SettingsOperations;

/** Finds settings of queues with values that are not valid. Only other programs can write them. */
final class SettingCheck {

    private final SettingsOperations operations;

    SettingCheck(QueueOperations operations) {
        this.operations = operations.settings();
    }

    List<Finding> check(String queue) {
        List<Finding> findings = new ArrayList<>();
        Replies.await(operations.read(queue)).forEach((setting, value) -> {
            if (!setting.allows(value)) {
                String name = setting.property();
                String range = name + " must be " + setting.range() + ". It counts as " + setting.strictest() + ". ";
                String what = range + Damages.describe(Kind.INVALID_SETTING, false);
                findings.add(new Finding(Kind.INVALID_SETTING, queue, name, what, false));
            }
        });
        return findings;
    }
}
