// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.cdi.single.Watched;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.undeployable.Lookup;
import org.redisqueue.it.wildfly.Server;

/**
 * WildFly reports a deployment without adapter, or without its classes, in the words that the page about WildFly quotes.
 *
 * <p>Runs before {@link DeploymentFailureIT}, after which WildFly can no longer be reloaded.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Tag("alone") // reloads the server
class DocumentedFailuresIT {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    /** For each row of the table, a part of the quoted text, and what provokes the failure. */
    private static final Map<String, Consumer<Server>> CASES = Map.of(
            "default-resource-adapter-name-service",
            server -> withoutDefaultAdapter(server, bean(Archives.STANDALONE)),
            "jboss.ra.activemq-ra",
            server -> withDefaultAdapter(server, "activemq-ra", bean(Beans.ofDefault())),
            "jboss.ra.redis-queues",
            server -> deploy(server, bean("redis-queues.rar")),
            "deployment.redis-queue.rar",
            server -> withoutAdapter(server, bean(Archives.STANDALONE)),
            "org/redisqueue/RedisMessageListener",
            server -> deploy(server, withoutStructure(bean(Archives.STANDALONE))),
            "org/redisqueue/RedisQueueListeners",
            server -> deploy(server, listener()),
            "WFLYEJB0383",
            server -> deploy(server, withApi(withoutStructure(bean(Archives.STANDALONE)))),
            "RQ-505",
            server -> deploy(server, withApi(listener())),
            "RQ-503",
            server -> withoutAdapter(server, withApi(listener())),
            "jboss.naming.context",
            server -> withoutAdapter(server, plain().addClass(Lookup.class)));

    @ContainerResource
    private ManagementClient management;

    static List<String> quotes() throws IOException {
        String page = Files.readString(Path.of("../../docs/servers/wildfly.md"));
        return ROW.matcher(page.replaceFirst("(?s).*\n## When deployment fails\n", "")
                        .replaceFirst("(?s)\n## .*", ""))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("quotes")
    void failureIsReportedAsQuoted(String quote) {
        List<String> keys = CASES.keySet().stream().filter(quote::contains).toList();
        assertThat(keys).as("cases for the row").hasSize(1);
        TestedServer.current().deployAdapter();
        Server server = new Server(management);
        Server.Log log = Server.log();

        Throwable failure = catchThrowable(() -> CASES.get(keys.get(0)).accept(server));

        assertThat(failure).isInstanceOf(IllegalStateException.class);
        assertThat(failure.getMessage() + "\n" + String.join("\n", log.with())).containsSubsequence(quote.split("…"));
    }

    @Test
    void eachCaseHasARow() throws IOException {
        assertThat(quotes()).hasSameSizeAs(CASES.keySet());
    }

    private static void withoutDefaultAdapter(Server server, WebArchive war) {
        server.setDefaultAdapter("");
        server.reload();
        try {
            deploy(server, war);
        } finally {
            server.setDefaultAdapter(Archives.STANDALONE);
        }
    }

    private static void withDefaultAdapter(Server server, String name, WebArchive war) {
        server.setDefaultAdapter(name);
        try {
            deploy(server, war);
        } finally {
            server.setDefaultAdapter(Archives.STANDALONE);
        }
    }

    private static void withoutAdapter(Server server, WebArchive war) {
        TestedServer.current().undeployAdapter();
        deploy(server, war);
    }

    private static void deploy(Server server, WebArchive war) {
        server.deploy(war);
        server.undeploy(war.getName()); // so that other tests do not fail as well
    }

    private static WebArchive plain() {
        return ShrinkWrap.create(WebArchive.class, "shop.war");
    }

    /** A CDI listener that sees neither the adapter nor the API. */
    private static WebArchive listener() {
        return Archives.withCdi(plain()).addClass(Watched.class).addAsLibrary(Archives.CDI_EXTENSION);
    }

    private static WebArchive bean(String adapter) {
        return bean(Beans.of(adapter));
    }

    private static WebArchive bean(Beans beans) {
        return Archives.war(beans.consuming("documented-failures", ScriptedListener.class));
    }

    private static WebArchive withoutStructure(WebArchive war) {
        war.delete("WEB-INF/jboss-deployment-structure.xml");
        return war;
    }

    private static WebArchive withApi(WebArchive war) {
        return war.addAsLibrary(Archives.jarOf(RedisMessage.class));
    }
}
