// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.interceptor.InterceptorBinding;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/** Which beans are refused at activation because their work would not be part of the delivery. */
class TransactionAttributesTest {

    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public static class OfClass implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    public static class OfMethod implements RedisMessageListener {
        @Override
        @TransactionAttribute(TransactionAttributeType.NEVER)
        public void onMessage(RedisMessage message) {}
    }

    public static class OfSuperclass extends OfClass {}

    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public static class AnnotatedOfClass implements RedisQueueEndpoint {
        @RedisQueueListener
        public void take(String body) {}
    }

    public static class AnnotatedOfMethod implements RedisQueueEndpoint {
        @RedisQueueListener
        @TransactionAttribute(TransactionAttributeType.SUPPORTS)
        public void take(String body) {}
    }

    public static class AnnotatedOfSuperclass extends AnnotatedOfMethod {}

    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public static class MethodComesFirst implements RedisMessageListener {
        @Override
        @TransactionAttribute(TransactionAttributeType.REQUIRED)
        public void onMessage(RedisMessage message) {}
    }

    /** The attribute of a class is not one of the methods that it inherits. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public static class Inherits extends MethodComesFirst {}

    public static class OtherMethod implements RedisQueueEndpoint {
        @RedisQueueListener
        public void take(String body) {}

        @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
        public void other() {}
    }

    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public static class NotSupported implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @TransactionManagement(TransactionManagementType.BEAN)
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public static class BeanManaged implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    public static class Plain implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @Transactional(TxType.REQUIRES_NEW)
    public static class Intercepted implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    public static class InheritsInterceptor extends Intercepted {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    public static class InterceptedMethod implements RedisQueueEndpoint {
        @RedisQueueListener
        @Transactional(TxType.REQUIRES_NEW)
        public void take(String body) {}
    }

    @InterceptorBinding
    @Transactional(TxType.REQUIRES_NEW)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Audited {}

    public static class InterceptedByBinding implements RedisMessageListener {
        @Override
        @Audited
        public void onMessage(RedisMessage message) {}
    }

    @Transactional
    public static class Same implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @Transactional(TxType.NOT_SUPPORTED)
    public static class SameWithout implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    /** A container that reports only what the standard requires. */
    private static class Silent implements MessageEndpointFactory {

        private final Class<?> bean;
        private final boolean transacted;

        Silent(Class<?> bean, boolean transacted) {
            this.bean = bean;
            this.transacted = transacted;
        }

        @Override
        public Class<?> getEndpointClass() {
            return bean;
        }

        @Override
        public boolean isDeliveryTransacted(Method method) throws NoSuchMethodException {
            return transacted;
        }

        @Override
        public MessageEndpoint createEndpoint(XAResource resource) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MessageEndpoint createEndpoint(XAResource resource, long timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String getActivationName() {
            return "silent";
        }
    }

    private final ResourceManager manager =
            ResourceManager.acquire(TestProperties.at(TestRedis.shared().address()));
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final FakeContainer container = new FakeContainer(true, message -> {});

    @AfterEach
    void release() {
        container.close();
        blocking.shutdownNow();
        manager.release();
    }

    private void activate(MessageEndpointFactory endpoints) throws ResourceException {
        RedisActivationSpec spec = new RedisActivationSpec();
        spec.setQueue("attributes");
        Activation.of(
                spec,
                endpoints,
                new Inbound(
                        manager,
                        NamedResources.of(container),
                        container,
                        blocking,
                        new Observers(new LoggingObserver())));
    }

    private void accepted(Class<?> bean, boolean transacted) {
        assertThatCode(() -> activate(new Silent(bean, transacted))).doesNotThrowAnyException();
    }

    private void refused(Class<?> bean, boolean transacted, String... words) {
        refused(new Silent(bean, transacted), words);
    }

    private void refused(MessageEndpointFactory endpoints, String... words) {
        assertThatExceptionOfType(ResourceException.class)
                .isThrownBy(() -> activate(endpoints))
                .withMessageStartingWith("RQ-133 Listener method '"
                        + endpoints.getEndpointClass().getSimpleName() + ".")
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @Nested
    class Annotations {

        @Test
        void forbiddenAttributeOfTheClassIsRefused() {
            refused(OfClass.class, false, "'OfClass.onMessage' has the transaction attribute REQUIRES_NEW");
            refused(AnnotatedOfClass.class, false, "'AnnotatedOfClass.take' has the transaction attribute MANDATORY");
        }

        @Test
        void forbiddenAttributeOfTheMethodIsRefused() {
            refused(OfMethod.class, false, "'OfMethod.onMessage' has the transaction attribute NEVER");
            refused(AnnotatedOfMethod.class, false, "'AnnotatedOfMethod.take' has the transaction attribute SUPPORTS");
        }

        @Test
        void forbiddenAttributeOfAnInheritedMethodIsRefused() {
            refused(OfSuperclass.class, false, "REQUIRES_NEW");
            refused(AnnotatedOfSuperclass.class, false, "SUPPORTS");
        }

        @Test
        void forbiddenAttributeIsRefusedEvenIfTheContainerReportsATransactedDelivery() {
            refused(OfClass.class, true, "REQUIRES_NEW");
        }

        @Test
        void attributeOfTheMethodOverridesThatOfTheClass() {
            accepted(MethodComesFirst.class, true);
            accepted(Inherits.class, true);
            accepted(OtherMethod.class, true);
        }

        @Test
        void allowedAttributesAreAccepted() {
            accepted(Plain.class, true);
            accepted(NotSupported.class, false);
        }

        @Test
        void beanThatManagesItsTransactionsIsAccepted() {
            accepted(BeanManaged.class, false);
        }
    }

    @Nested
    class Interceptors {

        @Test
        void interceptorWithAnotherTransactionIsRefused() {
            Stream.of(Intercepted.class, InheritsInterceptor.class, InterceptedMethod.class, InterceptedByBinding.class)
                    .forEach(bean -> {
                        refused(bean, true, "is @Transactional(REQUIRES_NEW)", "its deliveries have a transaction");
                        refused(bean, false, "is @Transactional(REQUIRES_NEW)", "its deliveries have no transaction");
                    });
        }

        @Test
        void interceptorThatChangesNothingIsAccepted() {
            accepted(Same.class, true);
            refused(Same.class, false, "is @Transactional(REQUIRED)");
            accepted(SameWithout.class, false);
            refused(SameWithout.class, true, "is @Transactional(NOT_SUPPORTED)");
        }
    }

    /** The parts of WildFly that report an attribute, under their own names. */
    static final class WildFlyComponent {

        enum MethodInterfaceType {
            Local,
            MessageEndpoint
        }

        private final TransactionAttributeType attribute;
        final MessageEndpointFactory factory = new JBossMessageEndpointFactory(new Service());

        WildFlyComponent(TransactionAttributeType attribute) {
            this.attribute = attribute;
        }

        public TransactionAttributeType getTransactionAttributeType(MethodInterfaceType view, Object method) {
            throw new UnsupportedOperationException();
        }

        public TransactionAttributeType getTransactionAttributeType(MethodInterfaceType view, Method method) {
            assertThat(view).isEqualTo(MethodInterfaceType.MessageEndpoint);
            assertThat(method.getName()).isEqualTo("onMessage");
            return attribute;
        }

        private final class Service {
            @Override
            public String toString() {
                return "of " + attribute;
            }
        }
    }

    private static final class JBossMessageEndpointFactory extends Silent {

        @SuppressWarnings("unused") // it is read reflectively
        private final Object service;

        private JBossMessageEndpointFactory(Object service) {
            super(Plain.class, false);
            this.service = service;
        }
    }

    /** The parts of Payara and GlassFish that report an attribute, under their own names. */
    private static class BaseContainer {

        private final int attribute;

        BaseContainer(int attribute) {
            this.attribute = attribute;
        }

        @SuppressWarnings("unused") // it is called reflectively
        protected final int getTxAttr(Method method, String view) {
            assertThat(view).isEqualTo("Bean");
            return attribute;
        }
    }

    private static final class MessageBeanContainer extends BaseContainer {
        MessageBeanContainer(int attribute) {
            super(attribute);
        }
    }

    private static final class ClientOfPayara extends Silent {

        @SuppressWarnings("unused") // it is read reflectively
        private final Object messageBeanPM_;

        ClientOfPayara(int attribute) {
            super(Plain.class, false);
            messageBeanPM_ = new MessageBeanContainer(attribute);
        }
    }

    private static final class ClientOfGlassFish extends Silent {

        @SuppressWarnings("unused") // it is read reflectively
        private final Object messageBeanPM;

        ClientOfGlassFish(int attribute) {
            super(Plain.class, false);
            messageBeanPM = new MessageBeanContainer(attribute);
        }
    }

    @Nested
    class Descriptors {

        @ParameterizedTest
        @EnumSource(
                value = TransactionAttributeType.class,
                names = {"REQUIRED", "NOT_SUPPORTED"},
                mode = EnumSource.Mode.EXCLUDE)
        void forbiddenAttributeReportedByWildFlyIsRefused(TransactionAttributeType attribute) {
            refused(new WildFlyComponent(attribute).factory, "has the transaction attribute " + attribute);
        }

        @ParameterizedTest
        @EnumSource(
                value = TransactionAttributeType.class,
                names = {"REQUIRED", "NOT_SUPPORTED"})
        void allowedAttributeReportedByWildFlyIsAccepted(TransactionAttributeType attribute) {
            assertThatCode(() -> activate(new WildFlyComponent(attribute).factory))
                    .doesNotThrowAnyException();
        }

        @ParameterizedTest
        @ValueSource(ints = {4, 5, 6, 7})
        void forbiddenAttributeReportedByPayaraOrGlassFishIsRefused(int attribute) {
            refused(new ClientOfPayara(attribute), "has the transaction attribute ");
            refused(new ClientOfGlassFish(attribute), "has the transaction attribute ");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3, 8})
        void allowedOrUnknownAttributeReportedByPayaraOrGlassFishIsAccepted(int attribute) {
            assertThatCode(() -> activate(new ClientOfPayara(attribute))).doesNotThrowAnyException();
            assertThatCode(() -> activate(new ClientOfGlassFish(attribute))).doesNotThrowAnyException();
        }

        @Test
        void attributeThatTheContainerRefusesIsNamedWithItsReason() {
            ResourceException reason = new ResourceException("TX attribute is neither REQUIRED nor NOT_SUPPORTED");
            MessageEndpointFactory refusing = new Silent(Plain.class, false) {
                @Override
                public boolean isDeliveryTransacted(Method method) throws NoSuchMethodException {
                    throw (NoSuchMethodException) new NoSuchMethodException("see chained exception").initCause(reason);
                }
            };
            assertThatExceptionOfType(ResourceException.class)
                    .isThrownBy(() -> activate(refusing))
                    .withMessage("RQ-117 Listener method 'Plain.onMessage' cannot be called: " + reason);
        }
    }
}
