// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of listener methods. */
public final class Calls {

    private static final Map<String, List<List<Object>>> CALLS = new ConcurrentHashMap<>();

    private Calls() {}

    /** Records a call of this method. */
    public static void record(String method, Object... arguments) {
        of(method).add(Arrays.asList(arguments));
    }

    /** The arguments of each call of this method so far. */
    public static List<List<Object>> of(String method) {
        return CALLS.computeIfAbsent(method, name -> new CopyOnWriteArrayList<>());
    }
}
