// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.protocol.OutboxName;
import org.redisqueue.ra.protocol.QueueSetting;

/** Checks the arguments of operations. Each method returns a valid argument, and throws an exception otherwise. */
final class Arguments {

    private Arguments() {}

    static String queue(String name) {
        try {
            return OutboxName.matches(name) ? name : QueueName.require(name);
        } catch (IllegalArgumentException e) {
            throw new QueueAdminException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    static String topic(String name) {
        try {
            return TopicName.require(name);
        } catch (IllegalArgumentException e) {
            throw new QueueAdminException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    static QueueSetting setting(String name) {
        return QueueSetting.of(name)
                .orElseThrow(() -> new QueueAdminException(
                        Kind.INVALID,
                        "Unknown setting '" + name + "'. Known settings: "
                                + Stream.of(QueueSetting.values())
                                        .map(QueueSetting::property)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    static String value(QueueSetting setting, String value) {
        if (!setting.allows(value)) {
            throw new QueueAdminException(
                    Kind.INVALID, setting.property() + " must be " + setting.range() + ", but is '" + value + "'.");
        }
        return value;
    }

    static int number(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new QueueAdminException(
                    Kind.INVALID, name + " must be " + min + " to " + max + ", but is " + value + ".");
        }
        return value;
    }

    static String text(String name, String value, int max) {
        if (value.isBlank() || value.length() > max) {
            throw new QueueAdminException(
                    Kind.INVALID, name + " must have 1 to " + max + " characters, but has " + value.length() + ".");
        }
        return value;
    }
}
