// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ejb.ApplicationException;
import jakarta.ejb.MessageDriven;
import java.io.IOException;
import java.rmi.RemoteException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** After exceptions of message-driven beans, transactions end as in an enterprise bean container. */
class ApplicationExceptionsTest {

    private final InMemoryQueues queues = new InMemoryQueues();

    @ApplicationException
    static class Declined extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static class StillDeclined extends Declined {
        private static final long serialVersionUID = 1L;
    }

    @ApplicationException(inherited = false)
    static class Alone extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static class NotAlone extends Alone {
        private static final long serialVersionUID = 1L;
    }

    @ApplicationException(rollback = true)
    static class Undone extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @MessageDriven
    class Bean implements RedisQueueEndpoint {

        private final Throwable thrown;

        Bean(Throwable thrown) {
            this.thrown = thrown;
        }

        @RedisQueueListener(queue = "orders")
        public void receive(String text) throws Throwable {
            queues.sender("receipts").send(text);
            throw thrown;
        }
    }

    static Stream<Throwable> committing() {
        return Stream.of(new IOException("x"), new Exception("x"), new Declined(), new StillDeclined(), new Alone());
    }

    static Stream<Throwable> rollingBack() {
        return Stream.of(
                new IllegalStateException("x"),
                new RemoteException("x"),
                new NotAlone(),
                new Undone(),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("committing")
    void applicationExceptionCommits(Throwable thrown) {
        queues.sender("orders").send("x");
        assertThatThrownBy(() -> queues.deliverNext("orders", new Bean(thrown))).isSameAs(thrown);
        assertThat(queues.queue("orders")).isEmpty();
        assertThat(queues.queue("receipts")).hasMessage("x");
    }

    @ParameterizedTest
    @MethodSource("rollingBack")
    void systemExceptionRollsBack(Throwable thrown) {
        queues.sender("orders").send("x");
        assertThat(queues.deliverAll("orders", new Bean(thrown))).isEqualTo(5);
        assertThat(queues.queue("orders")).hasDeadLetter(thrown.getClass().getName());
        assertThat(queues.queue("receipts")).isEmpty();
    }
}
