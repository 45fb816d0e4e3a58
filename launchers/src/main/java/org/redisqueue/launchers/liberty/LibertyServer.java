// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.liberty;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.redisqueue.launchers.database.H2;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.server.Archive;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.launchers.server.TestServer;

/**
 * An Open Liberty server for the tests, with a user directory outside of the installation. Each deployment is a file in
 * {@code configDropins/overrides}, with the elements that an administrator would add to {@code server.xml}.
 */
public final class LibertyServer extends TestServer {

    private static final String SERVER = "suite";
    private static final String NEVER = "(?!)";

    private final Path home;
    private final @Nullable URI collector;
    private final Path userDirectory;
    private final Path directory;
    private final Set<String> started = new HashSet<>();

    public LibertyServer(Path home, Path directory) {
        this(home, directory, null);
    }

    /** @param collector where to export telemetry to; null if the server does not */
    public LibertyServer(Path home, Path directory, @Nullable URI collector) {
        super(directory.toAbsolutePath().resolve("console.log"));
        this.home = home;
        this.collector = collector;
        this.userDirectory = directory.toAbsolutePath();
        this.directory = userDirectory.resolve("servers").resolve(SERVER);
    }

    @Override
    protected void launch() throws IOException {
        configure();
        ProcessBuilder server =
                new ProcessBuilder("sh", home.resolve("bin/server").toString(), "run", SERVER);
        server.environment().put("JAVA_HOME", System.getProperty("java.home"));
        server.environment().put("WLP_USER_DIR", userDirectory.toString());
        Console output = Console.of(log);
        run(server);
        output.await("CWWKF0011I", "CWWKE0005E|CWWKF0001E");
    }

    private void configure() throws IOException {
        Directories.delete(userDirectory);
        Files.createDirectories(overrides());
        try (InputStream configuration = LibertyServer.class.getResourceAsStream("tests.xml")) {
            Files.copy(configuration, directory.resolve("server.xml"));
        }
        Files.writeString(directory.resolve("bootstrap.properties"), """
                it.port=%d
                it.h2=%s
                """.formatted(httpPort, H2.jar()));
        add("users", users());
        if (collector != null) {
            addTelemetry(collector);
        }
        Files.writeString(directory.resolve("jvm.options"), """
                -Xmx512m
                -Djava.net.preferIPv4Stack=true
                -Dredisqueue.addresses=%s
                """.formatted(redis()));
    }

    /** Adds MicroProfile Telemetry, which applications enable with {@code otel.sdk.disabled=false}. */
    private void addTelemetry(URI endpoint) throws IOException {
        StringBuilder configuration =
                new StringBuilder("<featureManager><feature>mpTelemetry-2.0</feature></featureManager>");
        Map.of(
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.exporter.otlp.endpoint", endpoint.toString(),
                        "otel.logs.exporter", "none",
                        "otel.bsp.schedule.delay", "100",
                        "otel.metric.export.interval", "1000")
                .forEach((name, value) ->
                        configuration.append("<variable name=\"%s\" value=\"%s\"/>".formatted(name, value)));
        add("telemetry", configuration.toString());
    }

    /** What class loaders need to see the OpenTelemetry API. */
    private String visibility() {
        return collector == null ? "" : " apiTypeVisibility=\"+third-party\"";
    }

    private static String users() {
        StringBuilder registry = new StringBuilder("<basicRegistry id=\"basic\" realm=\"tests\">");
        for (ServerUser user : ServerUser.values()) {
            registry.append("""
                    <user name="%1$s" password="%2$s"/><group name="%3$s"><member name="%1$s"/></group>
                    """.formatted(user.userName(), ServerUser.password(), user.group()));
        }
        return registry.append("</basicRegistry>").toString();
    }

    private Path overrides() {
        return directory.resolve("configDropins").resolve("overrides");
    }

    /** Adds a part to the configuration, which the server polls several times per second. */
    private void add(String name, String configuration) throws IOException {
        Path written = Files.writeString(directory.resolve(name + ".tmp"), "<server>" + configuration + "</server>");
        Files.move(written, overrides().resolve(name + ".xml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path copy(Path archive) throws IOException {
        return Files.copy(archive, directory.resolve(archive.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    protected void addAdapter() throws IOException {
        Console output = Console.of(log);
        add(ADAPTER, """
                <resourceAdapter id="%1$s" location="%2$s">
                  <classloader%5$s/>
                  <properties.%1$s addresses="%3$s"/>
                </resourceAdapter>
                %4$s
                """.formatted(ADAPTER, copy(adapter()), redis(), connectionFactory(ADAPTER), visibility()));
        output.await("J2CA7001I: Resource adapter " + ADAPTER + " installed", "J2CA7002E|CWWKZ0002E");
    }

    @Override
    protected void removeAdapter() {
        Console output = Console.of(log);
        remove(ADAPTER);
        output.await("J2CA7009I: The resource adapter " + ADAPTER + " has uninstalled", "J2CA7010E");
    }

    /** Removes a part of the configuration, and returns whether it existed. */
    private boolean remove(String name) {
        try {
            return Files.deleteIfExists(overrides().resolve(name + ".xml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void deploy(Path archive) {
        String name = Archive.nameOf(archive);
        List<MessageDrivenBean> beans = MessageDrivenBean.of(archive);
        Console output = Console.of(log);
        perform(() -> add(name, application(name, archive, beans)));
        String failed = "CWWKZ0002E|CWWKZ0012I|CWWKZ0014W|CWWKG0014E|J2CA8802E|CNTR0...E.*activat";
        output.await("CWWKZ0001I: Application " + name + " started", failed);
        started.add(name);
        for (MessageDrivenBean bean : beans) {
            output.await("J2CA8801I: .* activation specification " + specification(name, archive, bean) + " ", failed);
        }
    }

    /** The application, the source of the adapter's classes, and an activation specification for each bean. */
    private String application(String name, Path archive, List<MessageDrivenBean> beans) throws IOException {
        boolean hasOwnAdapter = hasAdapter(archive);
        String adapter = hasOwnAdapter ? name + "." + ADAPTER : ADAPTER;
        String own = """
                <resourceAdapter id="%s"><properties.%s addresses="%s"/></resourceAdapter>
                """.formatted(ADAPTER, adapter, redis());
        String shared = """
                <classloader classProviderRef="%s"%s/>
                """.formatted(ADAPTER, visibility());
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

    private static boolean hasAdapter(Path archive) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return zip.stream().anyMatch(entry -> entry.getName().matches("[^/]*\\.rar"));
        }
    }

    private static String connectionFactory(String adapter) {
        return """
               <connectionFactory id="RedisQueue" jndiName="eis/RedisQueue">
                 <properties.%s/>
                 <connectionManager maxPoolSize="50"/>
               </connectionFactory>
               """.formatted(adapter);
    }

    private static String type(Path archive) {
        if (Archive.isEar(archive)) {
            return "enterpriseApplication";
        }
        return Archive.isWar(archive) ? "webApplication" : "ejbApplication";
    }

    /** The id by which the server finds the specification of a bean. */
    private static String specification(String application, Path archive, MessageDrivenBean bean) {
        String inModule = bean.module() + "/" + bean.name();
        return Archive.isEar(archive) ? application + "/" + inModule : inModule;
    }

    @Override
    public void undeploy(Path archive) {
        String name = Archive.nameOf(archive);
        Console output = Console.of(log);
        if (remove(name)) {
            output.await(
                    started.remove(name) ? "CWWKZ0009I: The application " + name + " has stopped" : "CWWKG0017I",
                    NEVER);
        }
    }
}
