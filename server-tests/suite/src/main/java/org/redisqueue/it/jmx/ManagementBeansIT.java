// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.RelayListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.ra.testing.TestRedis;

/** The management beans of an adapter in an EAR, as another application in the server sees them. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.IN_EAR)
@RunAsClient
class ManagementBeansIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String EAR = "managed";
    private static final String PROBE = "probe";
    private static final String QUEUE = "org.redisqueue:type=Queue,name=\"jmx.orders\"";
    private static final String SENT = "org.redisqueue:type=Queue,name=\"jmx.orders.done\"";
    private static final String ADAPTER = "org.redisqueue:type=Adapter,name=\"redis-queue\"";

    @ArquillianResource
    private Deployer deployer;

    @ArquillianResource
    @OperateOnDeployment(PROBE)
    private URL probe;

    @Deployment(name = PROBE, testable = false)
    static WebArchive probe() {
        return ShrinkWrap.create(WebArchive.class, "probe.war").addClass(MBeanServlet.class);
    }

    /** The test deploys it, because some servers do not support EARs. */
    @Deployment(name = EAR, managed = false, testable = false)
    static EnterpriseArchive application() {
        Beans beans = Beans.of(Archives.IN_EAR).consuming("jmx.orders", RelayListener.class);
        return Archives.ear("managed.ear", Archives.rar(), Archives.war(beans));
    }

    @Test
    void beansExistWhileTheAdapterIsDeployed() {
        Queue queue = new Queue(TestRedis.shared()::call, "jmx.orders");
        for (int deployment = 1; deployment <= 2; deployment++) {
            deployer.deploy(EAR);
            try {
                await().atMost(LONG).untilAsserted(() -> assertThat(names()).contains(ADAPTER, QUEUE));
                assertThat(names())
                        .anySatisfy(name -> assertThat(name).contains("type=Connection"))
                        .anySatisfy(name -> assertThat(name).contains("type=Listener", "RelayListener"));
                queue.push("payload");
                await().atMost(LONG).untilAsserted(() -> assertThat(names()).contains(SENT));
                int sent = deployment;
                await().atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(attribute(SENT, "Ready")).isEqualTo(Integer.toString(sent)));
                assertThat(attribute(ADAPTER, "Version")).matches("[0-9]+\\..*");
            } finally {
                deployer.undeploy(EAR);
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(names()).isEmpty());
        }
    }

    @Test
    void queueIsPausedAndResumed() {
        Queue queue = new Queue(TestRedis.shared()::call, "jmx.orders");
        deployer.deploy(EAR);
        try {
            await().atMost(LONG).untilAsserted(() -> assertThat(names()).contains(QUEUE));

            get("?bean=" + encoded(QUEUE) + "&operation=pause&seconds=600");
            assertThat(queue.keys()).anySatisfy(key -> assertThat(key).endsWith(":paused"));

            get("?bean=" + encoded(QUEUE) + "&operation=resume");
            assertThat(queue.keys()).noneSatisfy(key -> assertThat(key).endsWith(":paused"));
        } finally {
            deployer.undeploy(EAR);
        }
    }

    /** The names of the beans in the order in which the tests write them. */
    private List<String> names() {
        return get("").lines()
                .map(name -> name.replaceAll("^(org.redisqueue:)(name=.*),(type=\\w+)$", "$1$3,$2"))
                .toList();
    }

    private String attribute(String bean, String attribute) {
        return get("?bean=" + encoded(bean) + "&attribute=" + attribute);
    }

    private String get(String query) {
        try (InputStream answer = new URL(probe, "beans" + query).openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
