// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.console.app.CountingListener;
import org.redisqueue.it.console.app.DrillListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.ra.testing.TestRedis;

/** Tests of operators, who work through each front end. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Tag("with-users")
@RunAsClient
abstract class OperatorTests {

    static final String APPLICATION = "drills";
    static final String ORDERS = "drills.orders";
    static final String TARGET = "drills.target";
    static final String BUSY = "drills.busy";
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final Duration LEASE = Duration.ofSeconds(2);
    static final Duration PAUSE = Duration.ofMinutes(10);

    @ArquillianResource
    @OperateOnDeployment(APPLICATION)
    URL url;

    Operator operator;

    @Deployment(name = "console", testable = false)
    static WebArchive console() {
        return Archives.console();
    }

    @Deployment(name = APPLICATION, testable = false)
    static WebArchive application() {
        return Archives.war(
                        "drills.war",
                        Beans.ofDefault()
                                .consuming(ORDERS, DrillListener.class, "maxDeliveries=1")
                                .consuming(TARGET, DrillListener.class, "maxDeliveries=1")
                                .consuming(
                                        BUSY, CountingListener.class, "maxConcurrency=16", "lease=" + LEASE.toMillis()))
                .addPackage(DrillListener.class.getPackage());
    }

    void use(FrontEnd frontEnd) {
        closeOperator();
        operator = frontEnd.open(URI.create(url.getProtocol() + "://" + url.getAuthority()));
    }

    @AfterEach
    void close() {
        closeOperator();
        release();
        for (Queue queue : List.of(queue(ORDERS), queue(TARGET), queue(BUSY))) {
            queue.call("DEL", queue.key("paused"));
            await().atMost(PATIENCE).until(queue::isIdle);
            queue.keys().forEach(key -> queue.call("DEL", key));
        }
    }

    private void closeOperator() {
        if (operator != null) {
            operator.close();
            operator = null;
        }
    }

    static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }

    static void bury(Queue queue, String id, String body) {
        queue.call("SET", queue.key("message:" + id), body);
        queue.call("HSET", queue.key("errors"), id, "{\"reason\":\"" + DrillListener.REASON + "\",\"deliveries\":1}");
        queue.call("ZADD", queue.key("dead"), Long.toString(System.currentTimeMillis()), id);
    }

    static void release() {
        TestRedis.shared().call("DEL", DrillListener.HANGING);
    }
}
