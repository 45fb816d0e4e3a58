// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A script with its keys and arguments, which tests can change. */
record ScriptCall(Script script, List<String> keys, List<Object> arguments) {

    static final String LANE = "rq:lane:fuzz:1";

    /** A numbered call that may be executed for the next ten minutes, unless its deadline is changed. */
    static ScriptCall numbered(Script script, List<String> keys, List<Object> arguments) {
        List<String> allKeys = new ArrayList<>(List.of(LANE));
        allKeys.addAll(keys);
        long deadline = Instant.now().getEpochSecond() + 600;
        List<Object> allArguments = new ArrayList<>(List.of("0000000000000007 nonce ", deadline));
        allArguments.addAll(arguments);
        return new ScriptCall(script, allKeys, allArguments);
    }

    /** Whether it has a lane, as opposed to a call without a receipt. */
    boolean isNumbered() {
        return keys.contains(LANE) && !arguments.isEmpty() && !arguments.get(0).equals("");
    }

    ScriptCall withArgument(int index, Object value) {
        List<Object> changed = new ArrayList<>(arguments);
        changed.set(index, value);
        return new ScriptCall(script, keys, changed);
    }

    ScriptCall withoutArgument(int index) {
        List<Object> changed = new ArrayList<>(arguments);
        changed.remove(index);
        return new ScriptCall(script, keys, changed);
    }

    ScriptCall withArgumentsBefore(int index) {
        return new ScriptCall(script, keys, arguments.subList(0, index));
    }

    ScriptCall withoutKey(int index) {
        List<String> changed = new ArrayList<>(keys);
        changed.remove(index);
        return new ScriptCall(script, changed, arguments);
    }

    /** The arguments of EVALSHA. */
    Object[] words(String sha1) {
        List<Object> words = new ArrayList<>(List.of("EVALSHA", sha1, keys.size()));
        words.addAll(keys);
        words.addAll(arguments);
        return words.toArray();
    }
}
