/**
 * Management beans (JMX): what operators see and do in a management console of the JVM. They expose the operations of
 * {@link org.redisqueue.admin.QueueAdmin} and the figures of the package {@code statistics} in types of the JDK, because
 * remote clients do not have the classes of the adapter.
 */
@NullMarked
package org.redisqueue.ra.jmx;

import org.jspecify.annotations.NullMarked;
