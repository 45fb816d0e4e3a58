// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;

/** Checks the arguments of operations. Each method returns a valid argument, and throws an exception otherwise. */
final class Arguments {

    private Arguments() {}

    static String queue(String name) {
        try {
            return QueueName.require(name);
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
