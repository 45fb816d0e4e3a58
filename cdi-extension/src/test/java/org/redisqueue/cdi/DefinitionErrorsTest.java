// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Inject;
import jakarta.interceptor.InterceptorBinding;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jboss.weld.junit5.WeldInitiator;
import org.junit.jupiter.api.Test;
import org.redisqueue.Header;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.SendTo;

/** The errors of invalid listener methods. */
class DefinitionErrorsTest {

    private static final String NAME = DefinitionErrorsTest.class.getName() + "$";

    @ApplicationScoped
    static class NoMessage {
        @RedisQueueListener(queue = "a")
        void receive(@Header("x") String header) {}
    }

    @ApplicationScoped
    static class WrongHeader {
        @RedisQueueListener(queue = "a")
        void receive(String body, @Header("x") List<String> header) {}
    }

    @ApplicationScoped
    static class Variable<T> {
        @RedisQueueListener(queue = "a")
        void receive(T body) {}
    }

    @ApplicationScoped
    static class Static {
        @RedisQueueListener(queue = "a")
        static void receive(String body) {}
    }

    interface Unknown {}

    @ApplicationScoped
    static class Unsatisfied {
        @RedisQueueListener(queue = "a")
        void receive(RedisMessage message, Unknown unknown) {}
    }

    @ApplicationScoped
    static class ForgottenHeader {
        @RedisQueueListener(queue = "a")
        void receive(Order order, String locale) {}
    }

    @ApplicationScoped
    static class HeaderInPlaceOfTheBody {
        @RedisQueueListener(queue = "a")
        void receive(long number, Order order, @Header("locale") String locale) {}
    }

    @ApplicationScoped
    static class MissingService {
        @RedisQueueListener(queue = "a")
        void receive(String body, Unknown service) {}
    }

    @ApplicationScoped
    static class MissingServiceOfJakarta {
        @RedisQueueListener(queue = "a")
        void receive(String body, TransactionManager transactions) {}
    }

    @ApplicationScoped
    static class InterfaceAsBody {
        @RedisQueueListener(queue = "a")
        void receive(@Header("x") String header, Unknown order) {}
    }

    @ApplicationScoped
    static class UnreadableElements {
        @RedisQueueListener(queue = "a")
        void receive(List<Unreadable> orders) {}
    }

    @ApplicationScoped
    static class MessagesWithoutBatch {
        @RedisQueueListener(queue = "a")
        void receive(List<RedisMessage> messages) {}
    }

    @ApplicationScoped
    static class BatchWithoutList {
        @RedisQueueListener(queue = "a", batch = 50)
        void receive(Order order) {}
    }

    @ApplicationScoped
    static class BatchOfAnything {
        @RedisQueueListener(queue = "a", batch = 50)
        void receive(List<?> orders) {}
    }

    @ApplicationScoped
    static class BatchWithHeader {
        @RedisQueueListener(queue = "a", batch = 50)
        void receive(List<Order> orders, @Header("x") String header) {}
    }

    @ApplicationScoped
    static class BatchOfUnreadable {
        @RedisQueueListener(queue = "a", batch = 50)
        void receive(List<Unreadable> orders) {}
    }

    public record Order(String item) {}

    public static class Unreadable {
        private final String item;

        public Unreadable(String item) {
            this.item = item;
        }

        public String item() {
            return item;
        }
    }

    @SessionScoped
    static class OfSession implements Serializable {

        private static final long serialVersionUID = 1L;

        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @RequestScoped
    static class OwnTransaction {
        @Transactional(TxType.REQUIRES_NEW)
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @Transactional(TxType.REQUIRES_NEW)
    @ApplicationScoped
    static class OwnTransactions {
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @InterceptorBinding
    @Transactional(TxType.REQUIRES_NEW)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Audited {}

    @ApplicationScoped
    static class OwnTransactionByBinding {
        @Audited
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @Audited
    @ApplicationScoped
    static class OwnTransactionsByBinding {
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class Silent {
        @SendTo("b")
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class NoPair {
        @RedisQueueListener(queue = "a", properties = "lease")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class QueueTwice {
        @RedisQueueListener(queue = "a", properties = "queue=b")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class Twice {
        @RedisQueueListener(queue = "a", maxConcurrency = 2, properties = "maxConcurrency = 3")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class SameName {
        @RedisQueueListener(queue = "a")
        void receive(String body) {}

        @RedisQueueListener(queue = "b")
        void receive(RedisMessage message) {}
    }

    @ApplicationScoped
    static class NoQueue {
        @RedisQueueListener(queue = "${definition.errors.none:}")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class AnswersToNoQueue {
        @SendTo("my queue")
        @RedisQueueListener(queue = "a")
        String receive(String body) {
            return body;
        }
    }

    @ApplicationScoped
    static class SendsToNoQueue {
        @Inject
        @RedisQueue("my queue")
        RedisQueueSender sender;
    }

    @ApplicationScoped
    static class NotConfigured {
        @RedisQueueListener(queue = "${definition.errors.queue}")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class SilentPublisher {
        @PublishTo("b")
        @RedisQueueListener(queue = "a")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class OfNoTopic {
        @RedisQueueListener(queue = "a", topic = "my topic")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class TopicTwice {
        @RedisQueueListener(queue = "a", topic = "t", properties = "topic=u")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class TopicWithoutQueue {
        @RedisQueueListener(topic = "${definition.errors.topic:t}")
        void receive(String body) {}
    }

    @ApplicationScoped
    static class PublishesToNoTopic {
        @PublishTo("my topic")
        @RedisQueueListener(queue = "a")
        String receive(String body) {
            return body;
        }
    }

    @ApplicationScoped
    static class InjectsNoTopic {
        @Inject
        @RedisTopic("my topic")
        RedisTopicPublisher publisher;
    }

    @Test
    void topicsAreChecked() {
        String wrong = "RQ-106 Invalid topic name 'my topic': must be 1 to 200 characters from A-Z a-z 0-9 . _ : -";
        refused(OfNoTopic.class, wrong);
        refused(TopicTwice.class, "its property 'topic' is set twice");
        refused(
                TopicWithoutQueue.class,
                "it has no queue, which is needed to keep its messages of topic 't'; set @RedisQueueListener(queue = …)");
        refused(PublishesToNoTopic.class, wrong);
        refused(SilentPublisher.class, "it has @PublishTo, but returns void");
        assertThatThrownBy(() -> start(InjectsNoTopic.class))
                .hasMessageContaining("RQ-509 Publisher '" + RedisTopicPublisher.class.getName() + " " + NAME
                        + "InjectsNoTopic.publisher' has an invalid topic: " + wrong);
    }

    @Test
    void methodWithoutAMessageParameterIsRejected() {
        refused(
                NoMessage.class,
                "it has no parameter for the message; add a RedisMessage, a String, a byte[] or a type to deserialize from"
                        + " JSON");
    }

    @Test
    void headerParameterOfAnUnsupportedTypeIsRejected() {
        refused(
                WrongHeader.class,
                "its parameter with @Header(\"x\") has type java.util.List<java.lang.String>, but must be String, a number,"
                        + " boolean or an Optional of these");
    }

    @Test
    void bodyParameterWithATypeVariableIsRejected() {
        refused(Variable.class, "the type of its parameter 'body' must not be a type variable");
    }

    @Test
    void staticMethodIsRejected() {
        refused(Static.class, "it must not be static");
    }

    @Test
    void furtherParametersMustBeInjectable() {
        refused(
                Unsatisfied.class,
                "its parameter of type " + NAME + "Unknown cannot be injected. The first parameter without @Header is"
                        + " the message, and the others must be CDI beans");
    }

    @Test
    void likelyHeaderWithoutAnnotationIsNamedAfterTheCause() {
        refused(
                ForgottenHeader.class,
                "its parameter of type java.lang.String cannot be injected. The first parameter without @Header is the"
                        + " message, and the others must be CDI beans. Cause: ",
                "\nIf parameter 2 (java.lang.String locale) is a header, annotate it with @Header.");
        refused(
                HeaderInPlaceOfTheBody.class,
                "its parameter of type " + NAME + "Order cannot be injected.",
                "\nIf parameter 1 (long number) is a header, annotate it with @Header.");
    }

    @Test
    void bodyIsNotTakenForAHeaderIfNoOtherParameterCanBeTheBody() {
        assertThat(refusal(MissingService.class))
                .contains("Unknown cannot be injected.")
                .doesNotContain("is a header");
        assertThat(refusal(MissingServiceOfJakarta.class))
                .contains("TransactionManager cannot be injected.")
                .doesNotContain("is a header");
    }

    @Test
    void bodyParameterThatCannotBeReadIsRejected() {
        refused(
                InterfaceAsBody.class,
                "its parameter 'order' of type " + NAME + "Unknown receives the body, because it is the first without"
                        + " @Header, but JSON-B cannot read " + NAME + "Unknown: it is an interface; use a class, or"
                        + " add @JsonbTypeInfo or @JsonbTypeDeserializer to it");
        refused(
                UnreadableElements.class,
                "its parameter 'orders' of type java.util.List<" + NAME + "Unreadable> receives the body, because it is"
                        + " the first without @Header, but JSON-B cannot read " + NAME + "Unreadable: it has no"
                        + " constructor without parameters; add a public one, annotate a constructor with @JsonbCreator,"
                        + " or use a record");
    }

    @Test
    void sessionScopedBeanIsRejected() {
        refused(OfSession.class, "its bean is @SessionScoped, but this scope is not active during a delivery");
    }

    @Test
    void separateTransactionIsRejected() {
        String reason = "it is @Transactional(REQUIRES_NEW), which would exclude its work from the transaction that"
                + " acknowledges the message; remove the annotation, because each delivery has a transaction";
        refused(OwnTransaction.class, reason);
        refused(OwnTransactions.class, reason);
        refused(OwnTransactionByBinding.class, reason);
        refused(OwnTransactionsByBinding.class, reason);
    }

    @Test
    void sendToRequiresAReturnValue() {
        refused(Silent.class, "it has @SendTo, but returns void");
    }

    @Test
    void propertyRequiresExactlyOneValue() {
        refused(QueueTwice.class, "its property 'queue' must be set as @RedisQueueListener(queue = …)");
        refused(NoPair.class, "its property 'lease' must have the form name=value");
        refused(Twice.class, "its property 'maxConcurrency' is set twice");
    }

    @Test
    void duplicateListenerNameIsRejected() {
        assertThatThrownBy(() -> start(SameName.class))
                .hasMessageContaining("RQ-502 Listeners '" + NAME + "SameName.receive' and '" + NAME
                        + "SameName.receive' have the same name 'SameName.receive'. Set different names:"
                        + " @RedisQueueListener(name = …).");
    }

    @Test
    void expressionRequiresAValue() {
        refused(
                NotConfigured.class,
                "'${definition.errors.queue}': property 'definition.errors.queue' is not configured and has no default;"
                        + " configure it, or write ${definition.errors.queue:default}");
    }

    @Test
    void queueNameIsRequired() {
        String wrong = "RQ-106 Invalid queue name 'my queue': must be 1 to 200 characters from A-Z a-z 0-9 . _ : -,"
                + " optionally after a hash tag such as {shop}";
        refused(NoQueue.class, "it has no queue; set @RedisQueueListener(queue = …)");
        refused(AnswersToNoQueue.class, wrong);
        assertThatThrownBy(() -> start(SendsToNoQueue.class))
                .hasMessageContaining("RQ-509 Sender '" + RedisQueueSender.class.getName() + " " + NAME
                        + "SendsToNoQueue.sender' has an invalid queue: " + wrong);
    }

    @Test
    void batchListenersMustReceiveLists() {
        String list = " is not a List of RedisMessage, of String, of byte[] or of a type to deserialize from JSON;"
                + " change the parameter, or remove batch";
        for (Class<?> bean : List.of(BatchWithoutList.class, BatchOfAnything.class)) {
            assertThat(refusal(bean)).contains("it receives batches, but its parameter '", list);
        }
        assertThat(refusal(BatchWithHeader.class))
                .contains("' has @Header, but it receives batches; use List<RedisMessage>");
        assertThat(refusal(BatchOfUnreadable.class)).contains("JSON-B cannot read ");
        assertThat(refusal(MessagesWithoutBatch.class)).contains("set @RedisQueueListener(batch = …)");
    }

    private static void refused(Class<?> bean, String reason) {
        refused(bean, reason, "");
    }

    private static void refused(Class<?> bean, String reason, String remedy) {
        assertThat(refusal(bean))
                .contains("RQ-501 Listener method '" + bean.getName() + ".receive' cannot be called: " + reason)
                .endsWith(remedy);
    }

    private static String refusal(Class<?> bean) {
        return catchThrowable(() -> start(bean)).getMessage();
    }

    private static void start(Class<?> bean) {
        Weld weld = WeldInitiator.createWeld()
                .addExtension(new RedisQueueExtension())
                .beanClasses(bean, Listeners.class, Deliveries.class, Senders.class);
        try (WeldContainer container = weld.initialize()) {
            container.getId();
        }
    }
}
