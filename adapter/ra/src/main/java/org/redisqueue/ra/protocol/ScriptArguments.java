// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;

/** Collects the keys and the arguments of a call to a script, in the order in which the script's header lists them. */
final class ScriptArguments {

    private final List<Object> keys;
    private final List<Object> values;

    ScriptArguments() {
        this.keys = new ArrayList<>();
        this.values = new ArrayList<>();
    }

    /**
     * @param keys expected number of keys
     * @param values expected number of arguments
     */
    ScriptArguments(int keys, int values) {
        this.keys = new ArrayList<>(keys);
        this.values = new ArrayList<>(values);
    }

    ScriptArguments key(String key) {
        keys.add(key);
        return this;
    }

    ScriptArguments add(Object value) {
        values.add(value);
        return this;
    }

    /** Adds 1 for true and 0 for false. */
    ScriptArguments flag(boolean value) {
        values.add(value ? 1 : 0);
        return this;
    }

    /** Adds the id and the token of a lease. */
    ScriptArguments lease(Lease lease) {
        values.add(lease.id());
        values.add(lease.token());
        return this;
    }

    /** {@code KEYS}, without the lane. */
    List<Object> keys() {
        return keys;
    }

    /** {@code ARGV}, without the arguments of the lane. */
    List<Object> values() {
        return values;
    }
}
