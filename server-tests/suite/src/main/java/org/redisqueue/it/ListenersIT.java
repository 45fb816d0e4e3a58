// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Listeners;
import org.redisqueue.it.app.Listeners.Script;
import org.redisqueue.it.app.Order;
import org.redisqueue.it.app.OrderListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.app.annotated.AnnotatedEndpoint;
import org.redisqueue.it.app.annotated.AnnotatedListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** All ways to implement and configure a listener. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.LISTENER_METHODS)
class ListenersIT {

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming("listeners.descriptor", ScriptedListener.class)
                .consuming("listeners.descriptor-method", OrderListener.class);
        return Archives.with(ListenersIT.class, Archives.war(beans))
                .addClasses(AnnotatedEndpoint.class, AnnotatedListener.class);
    }

    @Test
    @Shows(Capability.LISTENER_INTERFACE)
    void listenerInterfaceIsConfiguredByAnnotations() {
        Redis.queue("listeners.annotated").push("payload");

        assertThat(argumentsOf("AnnotatedListener.onMessage")).containsExactly("payload");
    }

    @Test
    @Shows(Capability.LISTENER_INTERFACE)
    void listenerInterfaceIsConfiguredByDescriptors() {
        Queue queue = Redis.queue("listeners.descriptor");
        Script listener = Listeners.accepting(queue);

        String id = queue.push("payload");

        await().until(() -> !queue.exists(id));
        assertThat(listener.deliveries()).hasSize(1);
    }

    @Test
    void annotatedMethodConsumesTheQueueOfTheDescriptor() {
        Redis.queue("listeners.descriptor-method").push("{\"article\": \"kettle\", \"quantity\": 2}");

        assertThat(argumentsOf("OrderListener.order")).containsExactly(new Order("kettle", 2));
    }

    @Test
    void annotatedMethodTakesTheMessage() {
        Connections.send(
                Redis.queue("listeners.message"), OutgoingMessage.of("payload").header("kind", "greeting"));

        assertThat(argumentsOf("message")).containsExactly("payload", "greeting");
    }

    @Test
    void annotatedMethodTakesTextAndHeadersInAnyOrder() {
        Connections.send(
                Redis.queue("listeners.text"), OutgoingMessage.of("grüß dich").header("Kind", "greeting"));

        assertThat(argumentsOf("text")).containsExactly("greeting", "grüß dich", null);
    }

    @Test
    void annotatedMethodTakesBytes() {
        byte[] bytes = {0, -1, 13, 10, 127, -128};
        Connections.send(Redis.queue("listeners.bytes"), bytes);

        assertThat(argumentsOf("bytes")).singleElement().isEqualTo(bytes);
    }

    @Test
    void annotatedMethodTakesObjectFromJson() {
        Connections.send(
                Redis.queue("listeners.json"),
                OutgoingMessage.of(new Order("teapot", 3)).header("kind", "order"));

        assertThat(argumentsOf("json")).containsExactly(new Order("teapot", 3), "order");
    }

    @Test
    void annotatedMethodTakesListOfObjectsFromJson() {
        Order[] orders = {new Order("teapot", 3), new Order("cup", 12)};
        Connections.send(Redis.queue("listeners.list"), Arrays.asList(orders));

        assertThat(argumentsOf("list")).containsExactly((Object[]) orders);
    }

    /** The arguments of the only call of the method. */
    private static List<Object> argumentsOf(String method) {
        await().until(() -> !Calls.of(method).isEmpty());
        assertThat(Calls.of(method)).hasSize(1);
        return Calls.of(method).get(0);
    }
}
