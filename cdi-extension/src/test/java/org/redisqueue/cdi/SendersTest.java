// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jboss.weld.junit5.WeldInitiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/** The queue of a sender. */
class SendersTest {

    private static final String NAME = "senders.test";

    private WeldContainer container;

    @ApplicationScoped
    static class Orders {

        @Inject
        @RedisQueue("orders-${senders.test:default}")
        RedisQueueSender sender;

        String queue() {
            return sender.toString();
        }
    }

    @BeforeEach
    void start() {
        System.setProperty(NAME, "configured");
        Weld weld = WeldInitiator.createWeld()
                .addExtension(new RedisQueueExtension())
                .beanClasses(Orders.class, Listeners.class, Deliveries.class, Senders.class);
        container = weld.initialize();
    }

    @AfterEach
    void stop() {
        container.close();
        System.clearProperty(NAME);
    }

    @Test
    void expressionsInAnnotationsAreReplaced() {
        assertThat(container.select(Orders.class).get().queue()).isEqualTo("RedisQueueSender[orders-configured]");
    }

    @Test
    void expressionsInLiteralsAreNotReplaced() {
        assertThatThrownBy(() -> look("orders-${senders.test:default}"))
                .hasMessage(
                        "RQ-106 Invalid queue name 'orders-${senders.test:default}': must be 1 to 200 characters from"
                                + " A-Z a-z 0-9 . _ : -");
    }

    @Test
    void literalsNameAQueueVerbatim() {
        assertThat(look("mails")).hasToString("RedisQueueSender[mails]");
    }

    private RedisQueueSender look(String queue) {
        return container
                .select(RedisQueueSender.class, RedisQueue.Literal.of(queue))
                .get();
    }
}
