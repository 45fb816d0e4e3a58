// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import io.netty.util.concurrent.ConcurrentSkipListIntObjMultimap;

/**
 * Loads the classes with which the finalizer of Netty's buffer allocator releases memory. After the adapter has been
 * undeployed, they can no longer be loaded: the memory would not be released, and WildFly would log a warning.
 */
final class AllocatorClasses {

    private AllocatorClasses() {}

    static void load() {
        new ConcurrentSkipListIntObjMultimap<>(-1).forEach(entry -> {});
    }
}
