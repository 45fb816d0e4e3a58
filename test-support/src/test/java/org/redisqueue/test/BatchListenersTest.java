// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;

/** Deliveries to batch listeners in memory. */
class BatchListenersTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final List<Object> calls = new ArrayList<>();

    class Sums {

        @RedisQueueListener(queue = "numbers", batch = 50)
        @SendTo("sums")
        Integer add(List<Integer> numbers) {
            calls.add(numbers);
            return numbers.stream().mapToInt(Integer::intValue).sum();
        }
    }

    class Singles {

        @RedisQueueListener(queue = "numbers")
        void receive(Integer number) {}
    }

    class Bean implements RedisBatchListener {

        @Override
        public void onMessages(List<RedisMessage> messages) {
            calls.add(messages.stream().map(RedisMessage::text).toList());
        }
    }

    @Test
    void listIsDeliveredInOneCall() {
        queues.deliver(List.of(TestMessage.of("1"), TestMessage.of("2")), new Sums());

        assertThat(calls).containsExactly(List.of(1, 2));
        assertThat(queues.queue("sums")).hasMessage(3);
    }

    @Test
    void messageDrivenBeanReceivesTheList() {
        queues.deliver(List.of(TestMessage.of("1"), TestMessage.of("2")), new Bean());

        assertThat(calls).containsExactly(List.of("1", "2"));
    }

    @Test
    void messagesOfAQueueAreDeliveredInListsOfTheirOwn() {
        queues.sender("numbers").send(1);
        queues.sender("numbers").send(2);

        assertThat(queues.deliverAll("numbers", new Sums())).isEqualTo(2);
        assertThat(calls).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void listIsRefusedByAListenerOfSingleMessages() {
        assertThatThrownBy(() -> queues.deliver(List.of(TestMessage.of("1")), new Singles()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("receives single messages");
    }

    class Lists {

        @RedisQueueListener(queue = "numbers", batch = 50)
        void add(List<Integer> numbers) {
            calls.add(numbers);
        }
    }

    @Test
    void bodyMayBeNull() {
        queues.deliver(TestMessage.of("null"), new Lists());

        assertThat(calls).containsExactly(Collections.singletonList(null));
    }

    @MessageDriven(activationConfig = @ActivationConfigProperty(propertyName = "batch", propertyValue = "20"))
    static class SingleBean implements RedisMessageListener {

        @Override
        public void onMessage(RedisMessage message) {}
    }

    @Test
    void batchPropertiesOfABeanThatReceivesSingleMessagesAreRefused() {
        assertThatThrownBy(() -> queues.deliver(TestMessage.of("1"), new SingleBean()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'batch' is '20'");
    }
}
