// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.payara.micro;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.example.demo.Installation;
import org.redisqueue.example.demo.MicroInstance;
import org.redisqueue.example.demo.OrderDeskServer;
import org.redisqueue.example.demo.PayaraMicro;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.DeployingServer;
import org.redisqueue.it.server.EndWithTests;
import org.redisqueue.it.server.Limitation;
import org.redisqueue.it.server.SuiteSession;
import org.redisqueue.ra.testing.TestRedis;

/** A Payara Micro, which is started anew for each application: it is told at its start what to deploy. */
public final class PayaraMicroServer implements DeployingServer {

    private static final Path JAR = Path.of(System.getProperty("payara-micro.jar"));
    private static final Path DIRECTORY = Path.of("target", "server").toAbsolutePath();
    private static final Path LOG = DIRECTORY.resolve("server.log");
    private static final Duration START = Duration.ofMinutes(3);
    private static final int STOPPING_SECONDS = 60;
    private static final String EAR_REFUSED = "not valid type of deployment archive";
    private static final String NO_EAR = "Payara Micro runs no EARs (\"" + EAR_REFUSED + "\")";

    private final MicroInstance instance = new MicroInstance(JAR, DIRECTORY);
    private final Map<String, Path> applications = new LinkedHashMap<>();
    private final int port = TestRedis.freePort();
    private String redis;
    private Process process;

    @Override
    public String name() {
        return "Payara Micro";
    }

    @Override
    public void start(String address) {
        redis = address;
        try {
            instance.delete();
            Files.createDirectories(DIRECTORY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (process != null) {
            process.destroy();
            process.onExit()
                    .completeOnTimeout(process, STOPPING_SECONDS, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly().onExit().join();
        }
    }

    @Override
    public URI web() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** It is always there. */
    @Override
    public void deployAdapter() {}

    /** It cannot be: what is in an application would have to be in an EAR. */
    @Override
    public void undeployAdapter() {}

    @Override
    public void deploy(Archive<?> archive) {
        Path file = DIRECTORY.resolve(archive.getName());
        archive.as(ZipExporter.class).exportTo(file.toFile(), true);
        applications.put(archive.getName(), file);
        restart();
    }

    @Override
    public void undeploy(Archive<?> archive) {
        applications.remove(archive.getName());
        stop();
    }

    private void restart() {
        stop();
        List<String> options =
                List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-D" + SuiteSession.ADDRESSES + "=" + redis);
        try {
            instance.configure(Archives.RAR.toPath(), redis);
            process = new ProcessBuilder(instance.command(port, options, List.copyOf(applications.values())))
                    .redirectErrorStream(true)
                    .redirectOutput(LOG.toFile())
                    .start();
            EndWithTests.remember(process.toHandle());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("it is ready").atMost(START).until(this::isReady);
    }

    /** An application that fails does not keep it from being ready. */
    private boolean isReady() throws IOException {
        String said = Files.readString(LOG, StandardCharsets.ISO_8859_1);
        if (!said.contains(" ready in ") && process.isAlive()) {
            return false;
        }
        for (Path application : applications.values()) {
            String name = application.getFileName().toString().replaceFirst("\\.[^.]+$", "");
            if (!said.contains(name + " was successfully deployed")) {
                throw new IllegalStateException(
                        said.contains(EAR_REFUSED)
                                ? EAR_REFUSED + ": " + application
                                : application + " is not deployed, see " + LOG);
            }
        }
        return true;
    }

    @Override
    public Archive<?> example() {
        try {
            Path war = Path.of("target", "example.war");
            PayaraMicro.copyWebArchive(Archives.EXAMPLE, war);
            return ShrinkWrap.createFromZipFile(WebArchive.class, war.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OrderDeskServer orderDesk(Path directory, int httpPort, URI address) {
        return new PayaraMicro(new Installation(JAR, directory, Archives.EXAMPLE, httpPort, address));
    }

    @Override
    public List<Limitation> limitations() {
        return List.of(
                new Limitation(
                        "a_delivery_that_was_decided_is_committed",
                        "all is settled",
                        "Payara Micro recovers before its boot commands have created the connection pools"),
                new Limitation("beans_of_an_ear_consume_and_send_by_the_adapter_in_it", EAR_REFUSED, NO_EAR),
                new Limitation(
                        "a_listener_of_a_war_consumes_with_the_extension_in_the_libraries_of_its_ear",
                        EAR_REFUSED,
                        NO_EAR));
    }
}
