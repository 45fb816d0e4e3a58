// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.jboss.weld.junit5.auto.AddBeanClasses;
import org.jboss.weld.junit5.auto.EnableAutoWeld;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;

/** Deliveries to CDI beans create and inject them as the CDI extension does. */
@EnableAutoWeld
@AddBeanClasses({
    CdiDeliveriesTest.Notes.class,
    CdiDeliveriesTest.Note.class,
    CdiDeliveriesTest.DependentListener.class,
    CdiDeliveriesTest.RequestScopedListener.class,
    CdiDeliveriesTest.Relay.class
})
class CdiDeliveriesTest {

    @ApplicationScoped
    static class Notes {

        private final List<String> texts = new ArrayList<>();

        void add(String text) {
            texts.add(text);
        }

        List<String> texts() {
            return texts;
        }
    }

    /** What is known about the current request. */
    @RequestScoped
    static class Note {

        private int uses;

        int use() {
            return ++uses;
        }
    }

    @Dependent
    static class DependentListener {

        private int calls;

        @Inject
        private Notes notes;

        @RedisQueueListener(queue = "dependent")
        void receive(String text) {
            notes.add(text + " " + ++calls);
        }

        @PreDestroy
        void destroy() {
            notes.add("destroyed");
        }
    }

    @RequestScoped
    static class RequestScopedListener {

        private int calls;

        @Inject
        private Notes notes;

        @RedisQueueListener(queue = "requests")
        void receive(String text) {
            notes.add(text + " " + ++calls);
        }
    }

    @ApplicationScoped
    static class Relay {

        @Inject
        private Notes notes;

        private String last = "";

        @Produces
        @Dependent
        StringBuilder builder() {
            return new StringBuilder();
        }

        @RedisQueueListener(queue = "relayed")
        void relay(String text, @RedisQueue("emails") RedisQueueSender emails, Note note) {
            emails.send(text + " " + note.use());
        }

        @RedisQueueListener(queue = "private")
        private void hide(String text) {
            last = text;
            notes.add(last);
        }

        @RedisQueueListener(queue = "broken")
        void fail(String text, Thread unknown) {}
    }

    @Inject
    private InMemoryQueues queues;

    @Inject
    private Notes notes;

    @Inject
    private Relay relay;

    @Test
    void dependentBeanIsCreatedForEachMessage() {
        queues.sender("dependent").sendAll(List.of("a", "b"));
        queues.deliverAll("dependent");
        assertThat(notes.texts()).containsExactly("a 1", "destroyed", "b 1", "destroyed");
    }

    @Test
    void requestScopedBeanIsCreatedForEachMessage() {
        queues.sender("requests").sendAll(List.of("a", "b"));
        assertThat(queues.deliverAll("requests")).isEqualTo(2);
        assertThat(notes.texts()).containsExactly("a 1", "b 1");
    }

    @Test
    void parametersAreInjectedForEachMessage() {
        queues.sender("relayed").sendAll(List.of("a", "b"));
        assertThat(queues.deliverAll("relayed")).isEqualTo(2);
        assertThat(queues.queue("emails")).hasOnlyMessages("a 1", "b 1");
    }

    @Test
    void requestContextIsActiveDuringADeliveryToAnObject() {
        Object listener = new Object() {
            @RedisQueueListener(queue = "objects")
            void receive(String text) {
                notes.add(text + " " + CDI.current().select(Note.class).get().use());
            }
        };
        queues.deliver(TestMessage.of("a"), listener);
        queues.deliver(TestMessage.of("b"), listener);
        assertThat(notes.texts()).containsExactly("a 1", "b 1");
    }

    @Test
    void privateMethodIsCalledOnTheBeanBehindItsProxy() {
        queues.deliver(TestMessage.of("a").queue("private"), relay);
        queues.sender("private").send("b");
        queues.deliverAll("private");
        assertThat(notes.texts()).containsExactly("a", "b");
    }

    @Test
    void parameterWithoutABeanIsRefused() {
        queues.sender("broken").send("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queues.deliverAll("broken"))
                .withMessageStartingWith("RQ-501 Listener method '" + Relay.class.getName() + ".fail' cannot be called:"
                        + " its parameter of type java.lang.Thread cannot be injected.");
        assertThat(queues.queue("broken")).hasOnlyMessages("a");
    }
}
