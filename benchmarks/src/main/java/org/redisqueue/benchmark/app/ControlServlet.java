// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.annotation.Resource;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Sends messages, counts deliveries, and controls the queues of the embedded broker, at the request of the benchmark. */
@WebServlet("/control")
public class ControlServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final int BATCH_SIZE = 200;
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

    @Resource(lookup = "java:/eis/RedisQueue")
    private transient RedisQueueConnectionFactory redis;

    @Resource(lookup = "java:/ConnectionFactory")
    private transient ConnectionFactory embedded;

    @Resource(lookup = "java:/jms/Remote")
    private transient ConnectionFactory remote;

    /** Responds with text; numbers are separated by spaces. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String queue = request.getParameter("queue");
        try {
            String answer = switch (request.getParameter("do")) {
                case "count" -> Long.toString(Deliveries.of(queue));
                case "await" -> await(queue, number(request, "count"));
                case "clear" -> clear(queue);
                case "send" -> send(queue, (int) number(request, "count"), (int) number(request, "size"));
                case "fill" ->
                    fill(queue, (int) number(request, "count"), (int) number(request, "size"), (int)
                            number(request, "groups"));
                case "supply" -> supply((int) number(request, "count"), (int) number(request, "size"));
                case "consume" -> consume(queue, (int) number(request, "threads"));
                case "sends" ->
                    Long.toString(Sends.run(
                            queue,
                            (int) number(request, "count"),
                            (int) number(request, "size"),
                            (int) number(request, "threads"),
                            Boolean.parseBoolean(request.getParameter("transaction"))));
                case "time" -> time(queue, (int) number(request, "rate"), (int) number(request, "seconds"));
                default -> operate(queue, request.getParameter("do"));
            };
            response.setContentType("text/plain");
            response.getWriter().print(answer);
        } catch (JMException | NamingException | ExecutionException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static long number(HttpServletRequest request, String name) {
        return Long.parseLong(request.getParameter(name));
    }

    /** Responds with the number of deliveries, the time, and the bytes allocated so far. */
    private static String await(String queue, long count) throws JMException {
        long end = System.nanoTime() + PATIENCE;
        while (Deliveries.of(queue) < count && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return Deliveries.of(queue) + " " + System.nanoTime() + " " + Allocation.bytes();
    }

    private static String clear(String queue) {
        Rows.clear(Work.of(queue));
        return "";
    }

    private static String supply(int count, int size) {
        MemorySupply.fill(count, size);
        return "";
    }

    private static String consume(String queue, int threads) throws NamingException {
        MemorySupply.consume(queue, threads);
        return "";
    }

    private String send(String queue, int count, int size) throws NamingException {
        byte[] body =
                "x".repeat(size).getBytes(StandardCharsets.UTF_8); // Artemis stores two bytes per character of text
        try (JMSContext context = factory(queue).createContext(JMSContext.SESSION_TRANSACTED)) {
            Queue destination = destination(queue);
            for (int i = 1; i <= count; i++) {
                context.createProducer().send(destination, body);
                if (i % BATCH_SIZE == 0) {
                    context.commit();
                }
            }
            context.commit();
        }
        return "";
    }

    /** Sends messages to Redis that belong to this number of groups in turn; 0 = to none. */
    private String fill(String queue, int count, int size, int groups) {
        String body = "x".repeat(size);
        try (RedisQueueConnection connection = redis.createConnection()) {
            for (int from = 0; from < count; from += BATCH_SIZE) {
                connection.sendAll(
                        queue,
                        IntStream.range(from, Math.min(count, from + BATCH_SIZE))
                                .mapToObj(i -> groups == 0
                                        ? body
                                        : OutgoingMessage.of(body).group("g" + i % groups))
                                .toList());
            }
        }
        return "";
    }

    /** Sends messages at this rate, one at a time, without a transaction. Responds with all latencies, in nanoseconds. */
    private String time(String queue, int rate, int seconds) throws NamingException, JMException {
        Deliveries.takeTimes();
        long before = Deliveries.of(queue);
        if (queue.endsWith(Work.REDIS)) {
            try (RedisQueueConnection connection = redis.createConnection()) {
                Pace.keep(rate, seconds, body -> connection.send(queue, body));
            }
        } else {
            try (JMSContext context = factory(queue).createContext()) {
                Queue destination = destination(queue);
                Pace.keep(
                        rate,
                        seconds,
                        body -> context.createProducer().send(destination, body.getBytes(StandardCharsets.UTF_8)));
            }
        }
        await(queue, before + (long) rate * seconds);
        StringBuilder answer = new StringBuilder();
        for (long nanos : Deliveries.takeTimes()) {
            answer.append(nanos).append(' ');
        }
        return answer.toString();
    }

    private ConnectionFactory factory(String queue) {
        return queue.endsWith(Work.REMOTE) ? remote : embedded;
    }

    private static Queue destination(String queue) throws NamingException {
        return InitialContext.doLookup("java:/jms/queue/" + queue);
    }

    /** Executes an operation of the embedded broker: pause, resume, or remove-messages. */
    private static String operate(String queue, String operation) throws JMException {
        ObjectName name = new ObjectName("jboss.as:subsystem=messaging-activemq,server=default,jms-queue=" + queue);
        boolean filtered = operation.equals("removeMessages");
        ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        name,
                        operation,
                        filtered ? new Object[] {null} : new Object[0],
                        filtered ? new String[] {String.class.getName()} : new String[0]);
        return "";
    }
}
