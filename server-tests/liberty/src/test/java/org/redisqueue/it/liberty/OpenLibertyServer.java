// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.liberty;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.Filters;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.example.demo.H2;
import org.redisqueue.example.demo.Installation;
import org.redisqueue.example.demo.OrderDeskServer;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.DeployingServer;
import org.redisqueue.it.server.EndWithTests;
import org.redisqueue.it.server.Limitation;
import org.redisqueue.ra.testing.TestRedis;

/**
 * An Open Liberty of the installation {@code liberty.home}, whose user directory is ours. What is deployed is a file in
 * {@code configDropins/overrides}, as an administrator would add it to {@code server.xml}.
 */
public final class OpenLibertyServer implements DeployingServer {

    private static final String SERVER = "suite";
    private static final String ADAPTER = "redis-queue";
    private static final String NEVER = "(?!)";
    private static final int STOPPING_SECONDS = 60;

    private final Path users = Path.of("target", "server").toAbsolutePath();
    private final Path directory = users.resolve("servers").resolve(SERVER);
    private final Path console = users.resolve("console.log");
    private final int port = TestRedis.freePort();
    private final Set<String> started = new HashSet<>();
    private String redis;
    private Process process;
    private boolean hasAdapter;

    @Override
    public String name() {
        return "Open Liberty";
    }

    @Override
    public void start(String address) {
        redis = address;
        try {
            configure();
            ProcessBuilder server = new ProcessBuilder(
                            "sh",
                            Path.of(System.getProperty("liberty.home"), "bin", "server")
                                    .toString(),
                            "run",
                            SERVER)
                    .redirectErrorStream(true)
                    .redirectOutput(console.toFile());
            server.environment().put("JAVA_HOME", System.getProperty("java.home"));
            server.environment().put("WLP_USER_DIR", users.toString());
            Console said = Console.of(console);
            process = server.start();
            EndWithTests.remember(process.toHandle());
            said.await("CWWKF0011I", "CWWKE0005E|CWWKF0001E");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void configure() throws IOException {
        if (Files.exists(users)) {
            try (Stream<Path> old = Files.walk(users)) {
                old.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
        Files.createDirectories(overrides());
        try (InputStream configuration = OpenLibertyServer.class.getResourceAsStream("server.xml")) {
            Files.copy(configuration, directory.resolve("server.xml"));
        }
        Files.writeString(directory.resolve("bootstrap.properties"), """
                it.port=%d
                it.h2=%s
                """.formatted(port, H2.jar()));
        Files.writeString(directory.resolve("jvm.options"), """
                -Xmx512m
                -Djava.net.preferIPv4Stack=true
                -Dredisqueue.addresses=%s
                """.formatted(redis));
    }

    private Path overrides() {
        return directory.resolve("configDropins").resolve("overrides");
    }

    /** The server looks at its configuration several times in a second. */
    private void add(String name, String configuration) throws IOException {
        Path written = Files.writeString(directory.resolve(name + ".tmp"), "<server>" + configuration + "</server>");
        Files.move(written, overrides().resolve(name + ".xml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path copy(Archive<?> archive) {
        File copy = directory.resolve(archive.getName()).toFile();
        archive.as(ZipExporter.class).exportTo(copy, true);
        return copy.toPath();
    }

    @Override
    public void stop() {
        if (process == null) {
            return;
        }
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, STOPPING_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly().onExit().join();
    }

    @Override
    public URI web() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    @Override
    public void deployAdapter() {
        if (hasAdapter) {
            return;
        }
        Console said = Console.of(console);
        try {
            add(ADAPTER, """
                    <resourceAdapter id="%1$s" location="%2$s">
                      <properties.%1$s addresses="%3$s"/>
                    </resourceAdapter>
                    %4$s
                    """.formatted(ADAPTER, copy(Archives.rar()), redis, connectionFactory(ADAPTER)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        said.await("J2CA7001I: Resource adapter " + ADAPTER + " installed", "J2CA7002E|CWWKZ0002E");
        hasAdapter = true;
    }

    @Override
    public void undeployAdapter() {
        if (hasAdapter) {
            Console said = Console.of(console);
            remove(ADAPTER);
            said.await("J2CA7009I: The resource adapter " + ADAPTER + " has uninstalled", "J2CA7010E");
            hasAdapter = false;
        }
    }

    /** @return whether it was there */
    private boolean remove(String name) {
        try {
            return Files.deleteIfExists(overrides().resolve(name + ".xml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void deploy(Archive<?> archive) {
        String name = MessageDrivenBean.nameOf(archive.getName());
        List<MessageDrivenBean> beans = MessageDrivenBean.of(archive);
        Console said = Console.of(console);
        try {
            add(name, application(name, archive, beans));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String failed = "CWWKZ0002E|CWWKZ0012I|CWWKZ0014W|CWWKG0014E|J2CA8802E|CNTR0...E.*activat";
        said.await("CWWKZ0001I: Application " + name + " started", failed);
        started.add(name);
        for (MessageDrivenBean bean : beans) {
            said.await("J2CA8801I: .* activation specification " + specification(name, archive, bean) + " ", failed);
        }
    }

    /** The application, where it has the adapter's classes from, and what its beans are activated with. */
    private String application(String name, Archive<?> archive, List<MessageDrivenBean> beans) {
        boolean hasOwnAdapter =
                !archive.getContent(Filters.include("/[^/]*\\.rar")).isEmpty();
        String adapter = hasOwnAdapter ? name + "." + ADAPTER : ADAPTER;
        String own = """
                <resourceAdapter id="%s"><properties.%s addresses="%s"/></resourceAdapter>
                """.formatted(ADAPTER, adapter, redis);
        String shared = """
                <classloader classProviderRef="%s"/>
                """.formatted(ADAPTER);
        StringBuilder configuration =
                new StringBuilder("""
                <%1$s id="%2$s" name="%2$s" location="%3$s">%4$s</%1$s>
                """.formatted(type(archive), name, copy(archive), hasOwnAdapter ? own : shared));
        if (hasOwnAdapter) {
            configuration.append(connectionFactory(adapter));
        }
        for (MessageDrivenBean bean : beans) {
            configuration.append("""
                    <activationSpec id="%s"><properties.%s.%s/></activationSpec>
                    """.formatted(specification(name, archive, bean), adapter, bean.listener()));
        }
        return configuration.toString();
    }

    private static String connectionFactory(String adapter) {
        return """
               <connectionFactory id="RedisQueue" jndiName="eis/RedisQueue">
                 <properties.%s/>
                 <connectionManager maxPoolSize="50"/>
               </connectionFactory>
               """.formatted(adapter);
    }

    private static String type(Archive<?> archive) {
        if (archive instanceof EnterpriseArchive) {
            return "enterpriseApplication";
        }
        return archive instanceof WebArchive ? "webApplication" : "ejbApplication";
    }

    /** By which name the server looks for it. */
    private static String specification(String application, Archive<?> archive, MessageDrivenBean bean) {
        String inModule = bean.module() + "/" + bean.name();
        return archive instanceof EnterpriseArchive ? application + "/" + inModule : inModule;
    }

    @Override
    public void undeploy(Archive<?> archive) {
        String name = MessageDrivenBean.nameOf(archive.getName());
        Console said = Console.of(console);
        if (remove(name)) {
            said.await(
                    started.remove(name) ? "CWWKZ0009I: The application " + name + " has stopped" : "CWWKG0017I",
                    NEVER);
        }
    }

    @Override
    public OrderDeskServer orderDesk(Path location, int httpPort, URI address) {
        Path home = Path.of(System.getProperty("liberty.home"));
        return OrderDeskServer.of("liberty", new Installation(home, location, Archives.EXAMPLE, httpPort, address));
    }

    @Override
    public List<Limitation> limitations() {
        return List.of(new Limitation(
                "a_listener_of_a_war_consumes_with_the_extension_in_the_libraries_of_its_ear",
                "RQ-503 No connection factory",
                "Open Liberty starts the beans of an EAR's libraries before the adapter in it"));
    }
}
