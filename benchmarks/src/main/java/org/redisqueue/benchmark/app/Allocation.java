// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The heap memory that threads have allocated, through JMX: applications do not see {@code com.sun.management}. */
final class Allocation {

    private static final Map<Long, Long> BYTES_OF_THREADS = new HashMap<>();

    private Allocation() {}

    /**
     * The bytes allocated so far. Before JDK 21, a thread that ends counts with the bytes that it had allocated at the
     * previous call.
     */
    static synchronized long bytes() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName threading = new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        try {
            return (Long) server.getAttribute(threading, "TotalThreadAllocatedBytes");
        } catch (AttributeNotFoundException e) {
            long[] ids = ManagementFactory.getThreadMXBean().getAllThreadIds();
            long[] bytes = (long[]) server.invoke(
                    threading, "getThreadAllocatedBytes", new Object[] {ids}, new String[] {long[].class.getName()});
            for (int i = 0; i < ids.length; i++) {
                BYTES_OF_THREADS.merge(ids[i], bytes[i], Math::max); // -1 if it has ended meanwhile
            }
            return BYTES_OF_THREADS.values().stream()
                    .mapToLong(each -> Math.max(0, each))
                    .sum();
        }
    }
}
