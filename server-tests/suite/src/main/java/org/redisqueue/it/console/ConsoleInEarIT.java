// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URL;
import java.net.http.HttpResponse;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.ra.testing.TestRedis;

/** The console in an EAR with the adapter. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.CONSOLE_IN_EAR)
@Tag("with-users")
@RunAsClient
class ConsoleInEarIT {

    @ArquillianResource
    private URL url;

    /** Payara and GlassFish take the paths of modules in an EAR only from this descriptor. */
    private static final String DESCRIPTOR = """
            <application xmlns="https://jakarta.ee/xml/ns/jakartaee" version="10">
              <module><connector>redis-queue.rar</connector></module>
              <module>
                <web><web-uri>redis-queue-console.war</web-uri><context-root>/redis-queue</context-root></web>
              </module>
            </application>
            """;

    @Deployment(testable = false)
    static EnterpriseArchive application() {
        return Archives.ear("console.ear", Archives.rar(), Archives.console())
                .setApplicationXML(new StringAsset(DESCRIPTOR));
    }

    private ConsoleUser as(ServerUser user) {
        return new ConsoleUser(URI.create(url.getProtocol() + "://" + url.getAuthority() + "/redis-queue/"), user);
    }

    @Test
    void operatorChangesWhatTheAdapterInTheEarSees() {
        Queue queue = new Queue(TestRedis.shared()::call, "console.ear");
        queue.push("id", "body");

        HttpResponse<String> deleted =
                as(ServerUser.OPERATOR).change("DELETE", "queues/console.ear/messages/" + ConsoleUser.key("id"), "");

        assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(204);
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void callerWithoutRoleIsRefused() {
        assertThat(as(ServerUser.WITHOUT_ROLE).get("api/queues").statusCode()).isEqualTo(403);
        assertThat(as(ServerUser.VIEWER)
                        .change("POST", "queues/console.ear/purge", "{}")
                        .statusCode())
                .isEqualTo(403);
    }
}
