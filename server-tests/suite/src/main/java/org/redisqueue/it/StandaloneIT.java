// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.RelayListener;
import org.redisqueue.it.app.annotated.SendingServlet;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.ra.testing.TestRedis;

/** A resource adapter that is deployed on its own serves a WAR and a JAR that do not name it. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.STANDALONE)
@RunAsClient
class StandaloneIT {

    @Deployment(name = "web", testable = false)
    static WebArchive web() {
        return Archives.war(Beans.ofDefault().consuming("standalone.war", RelayListener.class))
                .addClass(SendingServlet.class);
    }

    @Deployment(name = "beans", testable = false)
    static JavaArchive beans() {
        return Archives.jar(Beans.ofDefault().consuming("standalone.jar", RelayListener.class));
    }

    @Test
    void beanInWarConsumesAndSends() {
        forwards("standalone.war");
    }

    @Test
    void beanInJarConsumesAndSends() {
        forwards("standalone.jar");
    }

    @Test
    void servletSendsAndInsertsARowInOneTransaction(@ArquillianResource @OperateOnDeployment("web") URL application)
            throws IOException {
        Queue queue = queue("standalone.servlet");

        assertThat(get(application, "send?queue=standalone.servlet&body=committed&commit=true"))
                .as("in the database")
                .isEqualTo("true");
        assertThat(get(application, "send?queue=standalone.servlet&body=rolled-back&commit=false"))
                .as("in the database")
                .isEqualTo("false");

        assertThat(queue.bodies()).containsExactly("committed");
        assertThat(queue.keys()).as("one message, one list").hasSize(2);
    }

    private static void forwards(String name) {
        Queue queue = queue(name);
        queue.push("payload");
        await().untilAsserted(() -> assertThat(queue(name + ".done").bodies()).containsExactly("payload"));
        assertThat(queue.keys()).isEmpty();
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }

    private static String get(URL application, String path) throws IOException {
        try (InputStream answer = new URL(application, path).openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
