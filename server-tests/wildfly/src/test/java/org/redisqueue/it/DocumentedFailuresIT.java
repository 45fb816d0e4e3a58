// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.RedisMessage;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;

/**
 * WildFly reports a deployment without adapter, or without its classes, in the words that the page about WildFly quotes.
 *
 * <p>Runs last, like {@link DeploymentFailureIT}.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Order(Integer.MAX_VALUE - 1)
class DocumentedFailuresIT {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    @ContainerResource
    private ManagementClient management;

    @Test
    void unknownAdapterIsReportedAsQuoted() throws IOException {
        TestedServer.current().deployAdapter();
        assertQuoted("jboss.ra.redis-queues", bean("redis-queues.rar"));
    }

    @Test
    void invisibleClassesAreReportedAsQuoted() throws IOException {
        TestedServer.current().deployAdapter();
        WebArchive war = bean(Archives.STANDALONE);
        war.delete("WEB-INF/jboss-deployment-structure.xml");
        assertQuoted("org/redisqueue/RedisMessageListener", war);
        assertQuoted(
                "org/redisqueue/RedisQueueListeners", Archives.withCdi(plain()).addAsLibrary(Archives.CDI_EXTENSION));
    }

    @Test
    void secondCopyOfTheApiIsReportedAsQuoted() throws IOException {
        TestedServer.current().deployAdapter();
        WebArchive war = bean(Archives.STANDALONE).addAsLibrary(Archives.jarOf(RedisMessage.class));
        war.delete("WEB-INF/jboss-deployment-structure.xml");
        assertQuoted("WFLYEJB0383", war);
    }

    @Test
    void missingAdapterIsReportedAsQuoted() throws IOException {
        TestedServer.current().undeployAdapter();
        assertQuoted("deployment.redis-queue.rar", bean(Archives.STANDALONE));
    }

    private static WebArchive plain() {
        return ShrinkWrap.create(WebArchive.class, "shop.war");
    }

    private static WebArchive bean(String adapter) {
        return Archives.war(Beans.of(adapter).consuming("documented-failures", ScriptedListener.class));
    }

    /** Deploys the archive, which must fail with a text of the page that contains the key. */
    private void assertQuoted(String key, WebArchive war) throws IOException {
        List<String> quotes = ROW.matcher(Files.readString(Path.of("../../docs/servers/wildfly.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .filter(text -> text.contains(key))
                .toList();
        assertThat(quotes).as(key).hasSize(1);

        Throwable failure = catchThrowable(() -> new Server(management).deploy(war));

        assertThat(failure).isInstanceOf(IllegalStateException.class);
        assertThat(failure.getMessage()).containsSubsequence(quotes.get(0).split("…"));
    }
}
