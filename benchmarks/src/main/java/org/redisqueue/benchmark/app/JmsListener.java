// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.annotation.Resource;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import java.nio.charset.StandardCharsets;

/** A message-driven bean on a queue of Artemis. */
public class JmsListener implements MessageListener {

    @Resource(lookup = "java:/JmsXA")
    private ConnectionFactory embedded;

    @Resource(lookup = "java:/jms/RemoteXA")
    private ConnectionFactory remote;

    @Resource(lookup = "java:/jms/queue/done-embedded")
    private Queue doneEmbedded;

    @Resource(lookup = "java:/jms/queue/done-remote")
    private Queue doneRemote;

    @Override
    public void onMessage(Message message) {
        try {
            String queue = name(((Queue) message.getJMSDestination()).getQueueName());
            String body = new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
            Work work = Work.of(queue);
            switch (work) {
                case ROW, ROW_POSTGRESQL, ROW_CMR -> Rows.insert(work, body);
                case ON -> {
                    boolean far = queue.endsWith(Work.REMOTE);
                    try (JMSContext context = (far ? remote : embedded).createContext()) {
                        context.createProducer()
                                .send(far ? doneRemote : doneEmbedded, body.getBytes(StandardCharsets.UTF_8));
                    }
                }
                case TIME -> Deliveries.time(body);
                case NOTHING -> {}
            }
            Deliveries.count(queue);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(String queue) {
        return queue.substring(queue.lastIndexOf('.') + 1);
    }
}
