// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.ejb.EJBException;
import jakarta.resource.ResourceException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.redisqueue.Header;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;

/** Which methods of a bean are listeners, how invalid ones are reported, and which exceptions reach the adapter. */
class ListenerMethodTest {

    public static class Plain implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    public static class Two implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void text(String body) {}

        @RedisQueueListener(queue = "b")
        public void list(@Header("x") String header, List<Integer> body) {}

        public void other() {}
    }

    public static class Inherits extends Single {}

    public static class Single implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "own")
        public void bytes(byte[] body) {}
    }

    public static class Unnamed implements RedisQueueEndpoint {
        @RedisQueueListener
        public void message(RedisMessage message) {}
    }

    public static class None implements RedisQueueEndpoint {
        public void message(RedisMessage message) {}
    }

    public static class NoBody implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(@Header("x") String header) {}
    }

    public interface Shape {}

    public static class Unreadable implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(Shape body) {}
    }

    public static class TwoBodies implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(String body, RedisMessage message) {}
    }

    public static class BodyAndService implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(String body, Runnable service) {}
    }

    public static class WrongHeader implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(String body, @Header("x") List<String> header) {}
    }

    public static class OfCdi implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a", maxConcurrency = 3)
        public void message(String body) {}
    }

    public static class Answering implements RedisQueueEndpoint {
        @SendTo("b")
        @RedisQueueListener(queue = "a")
        public String message(String body) {
            return body;
        }
    }

    public static class Publishing implements RedisQueueEndpoint {
        @PublishTo("b")
        @RedisQueueListener(queue = "a")
        public String message(String body) {
            return body;
        }
    }

    public static class Bound implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a", topic = "own")
        public void own(String body) {}

        @RedisQueueListener(queue = "b")
        public void other(String body) {}
    }

    public static class OnlyBound implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a", topic = "own")
        public void own(String body) {}
    }

    public static class WrongTopic implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a", topic = "a b")
        public void message(String body) {}
    }

    public static class TopicWithoutQueue implements RedisQueueEndpoint {
        @RedisQueueListener(topic = "t")
        public void message(String body) {}
    }

    public static class Hidden implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        void message(String body) {}
    }

    public static class Static implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public static void message(String body) {}
    }

    public static class Twice implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void one(String body) {}

        @RedisQueueListener(queue = "a")
        public void two(String body) {}
    }

    public static class Variable implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public <T> void message(T body) {}
    }

    public static class WrongName implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a b")
        public void message(String body) {}
    }

    private static List<String> queues(Class<?> endpoint, String configured) throws ResourceException {
        return ListenerMethod.of(endpoint, configured, null).stream()
                .map(ListenerMethod::queue)
                .sorted()
                .toList();
    }

    /** The topic of each queue. */
    private static Map<String, String> topics(Class<?> endpoint, String configured) throws ResourceException {
        return ListenerMethod.of(endpoint, endpoint == Plain.class ? "a" : null, configured).stream()
                .collect(Collectors.toMap(
                        ListenerMethod::queue, method -> method.topic().orElse("none")));
    }

    @Test
    void topicOfTheActivationAppliesToTheOnlyListenerAndToThoseThatNameNone() throws ResourceException {
        assertThat(topics(Bound.class, null)).isEqualTo(Map.of("a", "own", "b", "none"));
        assertThat(topics(Bound.class, "configured")).isEqualTo(Map.of("a", "own", "b", "configured"));
        assertThat(topics(OnlyBound.class, "configured")).isEqualTo(Map.of("a", "configured"));
        assertThat(topics(OnlyBound.class, "")).isEqualTo(Map.of("a", "own"));
        assertThat(topics(Plain.class, "configured")).isEqualTo(Map.of("a", "configured"));
    }

    @Test
    void invalidTopicsAreRefused() {
        assertRefused(WrongTopic.class, null, "RQ-106 Invalid topic name 'a b'");
        assertRefused(TopicWithoutQueue.class, null, "RQ-116 No queue is configured");
        assertRefused(Publishing.class, null, "@SendTo and @PublishTo are not supported");
    }

    private static void assertRefused(Class<?> endpoint, String configured, String reason) {
        assertThatExceptionOfType(ResourceException.class)
                .isThrownBy(() -> ListenerMethod.of(endpoint, configured, null))
                .withMessageContaining(endpoint.getName())
                .withMessageContaining(reason);
    }

    @Test
    void messageListenerUsesTheQueueOfItsActivation() throws ResourceException {
        assertThat(queues(Plain.class, "orders")).containsExactly("orders");
        assertRefused(Plain.class, null, "RQ-116 No queue");
        assertRefused(Plain.class, "", "Set the activation property 'queue'");
        assertRefused(Plain.class, "a/b", "RQ-106 Invalid queue name 'a/b'");
    }

    @Test
    void annotatedMethodsNameTheirQueues() throws ResourceException {
        assertThat(queues(Two.class, null)).containsExactly("a", "b");
        assertThat(queues(Two.class, "orders")).as("two methods keep their own").containsExactly("a", "b");
        assertThat(queues(Single.class, null)).containsExactly("own");
        assertThat(queues(Inherits.class, null)).containsExactly("own");
        assertThat(queues(Single.class, "orders")).as("the descriptor wins").containsExactly("orders");
        assertThat(queues(Unnamed.class, "orders")).containsExactly("orders");
    }

    @Test
    void invalidMethodIsNamedWithTheReason() {
        assertRefused(None.class, "orders", "RQ-115 ");
        assertRefused(Unnamed.class, null, "RQ-116 No queue");
        assertRefused(NoBody.class, null, "it has no parameter for the message");
        assertRefused(TwoBodies.class, null, "it has 2 parameters without @Header");
        assertRefused(
                TwoBodies.class, null, "If parameter 1 (java.lang.String body) is a header, annotate it with @Header.");
        assertThatExceptionOfType(ResourceException.class)
                .as("only the first parameter can be the body")
                .isThrownBy(() -> ListenerMethod.of(BodyAndService.class, null, null))
                .withMessageEndingWith("or a type to deserialize from JSON");
        assertRefused(Unreadable.class, null, "Shape: it is an interface; use a class");
        assertRefused(
                WrongHeader.class,
                null,
                "its parameter with @Header(\"x\") has type java.util.List<java.lang.String>, but must be ");
        assertRefused(Hidden.class, null, "it must be public and not static");
        assertRefused(Static.class, null, "it must be public and not static");
        assertRefused(Twice.class, null, "already consumes queue 'a'");
        assertRefused(Variable.class, null, "must not be a type variable");
        assertRefused(
                OfCdi.class,
                null,
                "in a message-driven bean, @RedisQueueListener supports only the elements 'queue' and 'topic'");
        assertRefused(Answering.class, null, "@SendTo and @PublishTo are not supported");
        assertRefused(WrongName.class, null, "RQ-106 Invalid queue name 'a b'");
    }

    public static class Failing implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "a")
        public void message(String body) {
            throw new IllegalStateException("the bean's own: " + body);
        }
    }

    /** As Payara and GlassFish generate it, for the methods of the bean. */
    public interface FailingMethods {
        void message(String body);
    }

    /** As Payara and GlassFish generate it, but for the methods of the endpoint. */
    public static class GeneratedEndpoint extends Failing {
        private final FailingMethods __ejb31_delegate;

        public GeneratedEndpoint(InvocationHandler handler) {
            __ejb31_delegate = (FailingMethods)
                    Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {FailingMethods.class}, handler);
        }

        @Override
        public void message(String body) {
            __ejb31_delegate.message(body);
        }
    }

    @Test
    void exceptionOfTheBeanArrivesAlthoughTheEndpointWouldMaskIt() throws ResourceException {
        Failing bean = new Failing();
        GeneratedEndpoint endpoint = new GeneratedEndpoint((proxy, method, arguments) -> {
            try {
                return Failing.class.getMethod("message", String.class).invoke(bean, arguments);
            } catch (InvocationTargetException e) {
                if (method.getDeclaringClass() != Failing.class) {
                    throw new EJBException("Transaction Attribute not found for method " + method);
                }
                throw e.getCause();
            }
        });
        ListenerMethod listener = ListenerMethod.of(Failing.class, null, null).get(0);

        assertThatExceptionOfType(EJBException.class).isThrownBy(() -> endpoint.message("called as it is"));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> listener.invoke(endpoint, new Object[] {"called by us"}))
                .withMessage("the bean's own: called by us");
    }
}
