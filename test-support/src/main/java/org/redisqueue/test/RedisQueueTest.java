// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * An integration test that uses a real Redis, which starts with the first such test of the JVM: see {@link TestRedis}.
 *
 * <pre>{@code
 * @RedisQueueTest
 * class OrdersIT {
 *     @Test
 *     void orderIsFulfilled(RedisQueueConnectionFactory queues) {
 *         try (var connection = queues.createConnection()) {
 *             connection.send("orders", new Order("book", 2));
 *         }
 *         assertThat(queue("receipts")).eventually().hasMessage(new Receipt("book"));
 *         assertThat(queue("orders")).becomesEmpty();
 *     }
 * }
 * }</pre>
 *
 * <p>Parameters of constructors and methods can have the types {@link org.redisqueue.RedisQueueConnectionFactory},
 * {@link TestRedis} and {@link org.redisqueue.admin.QueueAdmin}. Fields of these types are set if they are annotated with
 * {@code @Resource}, and {@code RedisQueueSender} fields if they are annotated with {@code @Inject @RedisQueue}.
 *
 * <p>Tests with this annotation never run in parallel with each other. With Arquillian, name this annotation before
 * {@code @ExtendWith(ArquillianExtension.class)}, so that Redis runs before the server starts.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RedisQueueExtension.class)
@ResourceLock("org.redisqueue.test.TestRedis")
public @interface RedisQueueTest {

    /**
     * Whether all data of the bundled Redis is deleted before each test. The data of a different Redis is never deleted.
     *
     * @return true to delete the data
     */
    boolean clear() default true;
}
