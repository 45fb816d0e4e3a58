// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.test.internal.listener.ResourceInjection;

/** Starts Redis for the tests annotated with {@link RedisQueueTest}, and gives them access to it. */
final class RedisQueueExtension
        implements BeforeAllCallback, BeforeEachCallback, TestInstancePostProcessor, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        TestRedis.shared();
    }

    @Override
    public void postProcessTestInstance(Object test, ExtensionContext context) {
        TestRedis redis = TestRedis.shared();
        new ResourceInjection(redis::sender, redis::publisher, redis, redis.connectionFactory(), redis.admin())
                .into(test);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (TestRedis.shared().isBundled() && isCleared(context.getRequiredTestClass())) {
            TestRedis.shared().clear();
        }
    }

    /** Returns what the annotation says. It may be that of a class that encloses a nested one. */
    private static boolean isCleared(Class<?> test) {
        for (Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            Optional<RedisQueueTest> annotation = AnnotationSupport.findAnnotation(type, RedisQueueTest.class);
            if (annotation.isPresent()) {
                return annotation.get().clear();
            }
        }
        return true;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == RedisQueueConnectionFactory.class || type == TestRedis.class || type == QueueAdmin.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        TestRedis redis = TestRedis.shared();
        if (type == RedisQueueConnectionFactory.class) {
            return redis.connectionFactory();
        }
        return type == TestRedis.class ? redis : redis.admin();
    }
}
