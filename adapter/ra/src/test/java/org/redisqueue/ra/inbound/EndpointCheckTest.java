// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.transaction.Transactional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Message-driven beans are checked without a container as in their activation. */
class EndpointCheckTest {

    static class Plain implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    static class Untransacted extends Plain {
        @Override
        @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
        public void onMessage(RedisMessage message) {}
    }

    @TransactionManagement(TransactionManagementType.BEAN)
    @Transactional(Transactional.TxType.NEVER)
    static class BeanManaged extends Plain {}

    static class Independent extends Plain {
        @Override
        @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
        public void onMessage(RedisMessage message) {}
    }

    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    static class Suspending extends Plain {}

    @ParameterizedTest
    @ValueSource(classes = {Plain.class, Untransacted.class, BeanManaged.class})
    void beanWhoseWorkIsPartOfTheDeliveryIsAccepted(Class<?> bean) {
        assertThatCode(() -> EndpointCheck.check(bean, "orders")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(classes = {Independent.class, Suspending.class})
    void beanWhoseWorkIsIndependentIsRefused(Class<?> bean) {
        assertThatExceptionOfType(NotSupportedException.class)
                .isThrownBy(() -> EndpointCheck.check(bean, "orders"))
                .withMessageStartingWith("RQ-133 ");
    }

    @Test
    void queueIsRequired() {
        assertThatExceptionOfType(InvalidPropertyException.class)
                .isThrownBy(() -> EndpointCheck.check(Plain.class, ""))
                .withMessageStartingWith("RQ-116 ");
    }
}
