// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.enterprise.inject.spi.CDI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListeners;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Database;
import org.redisqueue.it.app.Order;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.cdi.app.Transacted;

/** The behavior of listeners in CDI beans, for every kind of deployment. */
abstract class CdiContract {

    private final String body = UUID.randomUUID().toString();

    @BeforeEach
    void createTable() throws SQLException {
        Database.create();
    }

    @Test
    void takesTheMessage() {
        Connections.send(
                Redis.queue("cdi.message"), OutgoingMessage.of("payload").header("kind", "greeting"));
        assertThat(argumentsOf("message")).containsExactly("payload", "greeting", 1);
    }

    @Test
    void packagePrivateMethodTakesTextAndHeaders() {
        Connections.send(
                Redis.queue("cdi.text"), OutgoingMessage.of("grüß dich").header("Kind", "greeting"));
        assertThat(argumentsOf("text")).containsExactly("greeting", "grüß dich", null);
    }

    @Test
    void protectedMethodTakesBytes() {
        byte[] bytes = {0, -1, 13, 10, 127, -128};
        Connections.send(Redis.queue("cdi.bytes"), bytes);
        assertThat(argumentsOf("bytes")).singleElement().isEqualTo(bytes);
    }

    @Test
    void privateMethodTakesObjectFromJson() {
        Connections.send(Redis.queue("cdi.json"), new Order("teapot", 3));
        assertThat(argumentsOf("json")).containsExactly(new Order("teapot", 3), true);
    }

    @Test
    void takesListOfObjectsFromJson() {
        Order[] orders = {new Order("teapot", 3), new Order("cup", 12)};
        Connections.send(Redis.queue("cdi.list"), Arrays.asList(orders));
        assertThat(argumentsOf("list")).containsExactly((Object[]) orders);
    }

    @Test
    void inheritedMethodTakesTheTypeArgumentOfItsTypeVariable() {
        Connections.send(
                Redis.queue("cdi.generic"),
                OutgoingMessage.of(new Order("teapot", 3)).header("kind", "order"));
        assertThat(argumentsOf("generic")).containsExactly(new Order("teapot", 3), "order");
    }

    @Test
    void headersCanBeNumbersOrOptional() {
        Connections.send(
                Redis.queue("cdi.headers"),
                OutgoingMessage.of("payload").header("number", "42").header("yes", "true"));
        assertThat(argumentsOf("headers")).containsExactly(42, 42L, Optional.of(42), Optional.empty(), true);
    }

    @Test
    void unreadableHeaderIsDeadLettered() {
        Queue queue = Redis.queue("cdi.headers");
        String wrong = Connections.send(
                queue, OutgoingMessage.of("payload").header("number", "many").header("yes", "true"));
        String missing = Connections.send(queue, OutgoingMessage.of("payload").header("number", "42"));
        await().until(() -> queue.dead().containsAll(List.of(wrong, missing)));
        assertThat(queue.call("HGET", queue.key("errors"), wrong).toString())
                .contains("RQ-125 ", "the value of header 'number' is invalid");
        assertThat(queue.call("HGET", queue.key("errors"), missing).toString())
                .contains("the message has no header 'yes'");
        queue.call("UNLINK", queue.key("dead"), queue.key("errors"), queue.key("failures"));
    }

    @Test
    void otherParametersAreInjected() {
        Connections.send(
                Redis.queue("cdi.injected"), OutgoingMessage.of("payload").header("kind", "greeting"));
        assertThat(argumentsOf("injected")).containsExactly("payload", true, "greeting");
    }

    @Test
    void interceptorsOfTheBeanAreCalled() {
        Redis.queue("cdi.intercepted").push("payload");
        assertThat(argumentsOf("stamped")).containsExactly("stamped payload");
        assertThat(argumentsOf("intercepted")).containsExactly("stamped");
    }

    @Test
    void onlyTheOverridingMethodIsAListener() {
        Connections.send(Redis.queue("cdi.overriding"), "payload");
        assertThat(argumentsOf("overridden")).containsExactly("payload");
        assertThat(names())
                .noneMatch(name -> Redis.queue("cdi.overridden").name().equals(queueOf(name)));
    }

    @Test
    void commitAcknowledgesAndSendsTogetherWithTheDatabaseOrNotAtAll() throws SQLException {
        Queue queue = Redis.queue("cdi.transacted");
        Queue done = Redis.queue("cdi.transacted.done");
        for (String kind : new String[] {"", Transacted.FAILS, Transacted.ROLLS_BACK}) {
            String body = kind + this.body;
            Connections.send(queue, body);
            await().until(() -> done.bodies().contains(body));
            await().until(() -> queue.keys().isEmpty());

            assertThat(done.bodies()).containsOnlyOnce(body);
            assertThat(Database.contains(body)).isTrue();
            assertThat(Calls.of("book").stream().filter(call -> call.contains(body)))
                    .hasSize(kind.isEmpty() ? 1 : 2);
        }
    }

    @Test
    void errorRollsBackLikeAnException() throws SQLException {
        Queue queue = Redis.queue("cdi.error");
        Queue done = Redis.queue("cdi.transacted.done");
        Connections.send(queue, body);
        await().until(() -> done.bodies().contains(body));
        await().until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).containsOnlyOnce(body);
        assertThat(Database.contains(body)).isTrue();
    }

    @Test
    void commitAcknowledgesAndSendsWithoutADatabase() {
        Queue queue = Redis.queue("cdi.one-phase");
        Connections.send(queue, body);
        await().until(() -> Redis.queue("cdi.transacted.done").bodies().contains(body));
        await().until(() -> queue.keys().isEmpty());
    }

    @Test
    void transactionalMethodJoinsTheTransactionOfTheDelivery() throws SQLException {
        for (String name : List.of("cdi.own-required", "cdi.mandatory", "cdi.supports")) {
            Queue queue = Redis.queue(name);
            Connections.send(queue, name + body);
            await().until(() -> queue.keys().isEmpty());
            assertThat(Database.contains(name + body)).as(name).isTrue();
        }
    }

    @Test
    void exceptionThatDoesNotRollBackCommits() throws SQLException {
        Queue queue = Redis.queue("cdi.tolerated");
        Connections.send(queue, body);
        await().until(() -> queue.keys().isEmpty());
        assertThat(Database.contains(body)).isTrue();
    }

    @Test
    void messageWithoutATransactionIsAcknowledgedWhenTheMethodReturns() {
        for (String method : List.of("untransacted", "never")) {
            Queue queue = Redis.queue("cdi." + method);
            Connections.send(queue, "payload");
            await().until(() -> queue.keys().isEmpty());
            assertThat(Calls.of(method)).as(method).containsExactly(List.of(1, true), List.of(2, true));
        }
    }

    @Test
    void returnValueIsSentInTheTransactionOfTheDelivery() {
        Queue queue = Redis.queue("cdi.answered");
        Queue done = Redis.queue("cdi.answered.done");
        int before = done.ready().size();
        for (String question : new String[] {body, "nothing", Transacted.ROLLS_BACK + body}) {
            Connections.send(queue, question);
        }
        await().until(() -> done.ready().size() == before + 2);
        await().until(() -> queue.keys().isEmpty());
        assertThat(done.bodies()).containsOnlyOnce(body + " 1", Transacted.ROLLS_BACK + body + " 2");
    }

    @Test
    void reasonOfADeadLetterIsTheExceptionOfTheMethod() {
        Queue queue = Redis.queue("cdi.hopeless");
        String id = Connections.send(queue, "hopeless");
        await().until(() -> queue.dead().contains(id));
        assertThat(queue.call("HGET", queue.key("errors"), id).toString())
                .contains("java.lang.IllegalArgumentException: no such article");
    }

    @Test
    void requestScopedBeanIsNewForEachDelivery() {
        Redis.queue("cdi.request").push("first");
        Redis.queue("cdi.request").push("second");
        await().until(() -> Calls.of("request ended").size() == 2);
        assertThat(Calls.of("request")).containsExactlyInAnyOrder(List.of("first", 1), List.of("second", 1));
    }

    @Test
    void dependentBeanIsNewForEachDelivery() {
        Redis.queue("cdi.dependent").push("first");
        Redis.queue("cdi.dependent").push("second");
        await().until(() -> Calls.of("dependent ended").size() == 2);
        assertThat(Calls.of("dependent")).containsExactlyInAnyOrder(List.of("first", 1), List.of("second", 1));
    }

    @Test
    void descriptorOverridesAnnotation() {
        Redis.queue("cdi.described").push("payload");
        assertThat(argumentsOf("moved")).containsExactly("payload");
        assertThat(listeners().get("moved").queue()).isEqualTo("cdi.described");
    }

    @Test
    void descriptorDeterminesWhereTheResultIsSent() {
        Redis.queue("cdi.redirected").push(body);
        await().until(() -> Redis.queue("cdi.redirected.done").bodies().contains(body));
        assertThat(Redis.queue("cdi.annotated.done").keys()).isEmpty();
    }

    @Test
    void expressionIsResolvedByMicroProfileConfig() {
        Queue queue = Redis.queue("cdi.configured");
        String id = queue.push("payload");
        await().until(() -> queue.dead().contains(id));
        assertThat(queue.call("HGET", queue.key("errors"), id).toString()).contains("delivery 1");
    }

    @Test
    void expressionHasADefault() {
        Redis.queue("cdi.expression").push("payload");
        assertThat(argumentsOf("expression")).containsExactly("payload");
    }

    @Test
    void listenerIsPausedAndResumed() {
        RedisQueueListeners.Listener listener = listeners().get("paused");
        Queue queue = Redis.queue("cdi.paused");
        assertThat(listener.state()).isEqualTo(RedisQueueListeners.State.ACTIVE);
        listener.pause();
        assertThat(listener.state()).isEqualTo(RedisQueueListeners.State.PAUSED);
        queue.push("payload");
        await().during(Duration.ofMillis(500)).until(() -> queue.ready().size() == 1);
        assertThat(Calls.of("paused")).isEmpty();

        listener.resume();
        assertThat(argumentsOf("paused")).containsExactly("payload");
        assertThat(listener.state()).isEqualTo(RedisQueueListeners.State.ACTIVE);
    }

    @Test
    void unknownListenerIsReportedWithTheKnownOnes() {
        assertThatThrownBy(() -> listeners().get("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'nobody'", "Parameters.message", "moved");
    }

    @Test
    void senderIsLookedUpByItsQueue() {
        CDI.current()
                .select(RedisQueueSender.class, RedisQueue.Literal.of("cdi.selected"))
                .get()
                .sendAll(List.of("first " + body, "second " + body));
        assertThat(Redis.queue("cdi.selected").bodies()).contains("first " + body, "second " + body);
    }

    private static RedisQueueListeners listeners() {
        return CDI.current().select(RedisQueueListeners.class).get();
    }

    private static List<String> names() {
        return listeners().all().stream()
                .map(RedisQueueListeners.Listener::name)
                .toList();
    }

    private static String queueOf(String name) {
        return listeners().get(name).queue();
    }

    /** The arguments of the only call of the method. */
    private static List<Object> argumentsOf(String method) {
        await().until(() -> !Calls.of(method).isEmpty());
        assertThat(Calls.of(method)).hasSize(1);
        return Calls.of(method).get(0);
    }
}
