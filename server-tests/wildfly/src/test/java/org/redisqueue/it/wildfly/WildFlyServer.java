// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.as.controller.client.ModelControllerClient;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.SuiteSession;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.process.Wait;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.launchers.wildfly.ApplicationUsers;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** The WildFly server of the tests. Arquillian deploys their applications over its management port. */
public final class WildFlyServer extends TestedServer {

    /** The base directory of the server. */
    static final Path BASE = directory().toAbsolutePath();

    private static final int MANAGEMENT_PORT = 9990;
    private static final int[] PORTS = {8009, 8080, 8443, MANAGEMENT_PORT, 9993, 4712, 4713};
    private static final int LOWEST_OFFSET = 10_000;
    private static final int HIGHEST_OFFSET = 22_000; // the operating system assigns the ports above

    private static final int STOP_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private int offset;
    private int managementPort;
    private Process process;
    private boolean hasAdapter;

    @Override
    protected void prepare() {
        offset = freeOffset();
        managementPort = MANAGEMENT_PORT + offset;
        System.setProperty("wildfly.management.port", Integer.toString(managementPort));
    }

    @Override
    protected void launch() {
        Path log = BASE.resolve("console.log");
        try {
            configure();
            process = new ProcessBuilder(command().build())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
            if (!Wait.until(PATIENCE, () -> !process.isAlive() || hasStarted(log)) || !process.isAlive()) {
                throw LogTail.failure("WildFly did not start", log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean hasStarted(Path log) {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).contains("WFLYSRV0025");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private StandaloneCommandBuilder command() {
        return StandaloneCommandBuilder.of(home())
                .setJavaHome(Path.of(System.getProperty("java.home")))
                .setBaseDirectory(BASE)
                .addJavaOption("-Xmx512m")
                // Clears soft references immediately, such as those of bean caches, so that class loader leaks are
                // detected.
                .addJavaOption("-XX:SoftRefLRUPolicyMSPerMB=0")
                .addJavaOption("-Djava.net.preferIPv4Stack=true")
                .addServerArgument("-Djboss.socket.binding.port-offset=" + offset)
                .addServerArgument("-Djboss.tx.node.id=redis-queue-it")
                .addServerArgument("-DRecoveryEnvironmentBean.periodicRecoveryPeriod=5")
                .addServerArgument("-DRecoveryEnvironmentBean.recoveryBackoffPeriod=1")
                .addServerArgument("-DJTAEnvironmentBean.orphanSafetyInterval=1000")
                .addServerArgument("-D" + SuiteSession.ADDRESSES + "=" + System.getProperty(SuiteSession.ADDRESSES));
    }

    @Override
    protected void end() {
        if (process != null) {
            org.redisqueue.launchers.process.ServerProcess.stop(process, STOP_SECONDS);
        }
    }

    /** Creates the base directory of the server. */
    private static void configure() throws IOException, InterruptedException {
        Directories.delete(BASE);
        WildFlyInstance instance = new WildFlyInstance(home(), BASE);
        instance.copyConfiguration();
        ApplicationUsers.write(instance.configuration(), List.of(ServerUser.values()));
        Path script = Files.writeString(
                BASE.resolve("configure-wildfly.cli"), Resources.text(WildFlyServer.class, "/configure-wildfly.cli"));
        instance.configure(script, BASE.resolve("configure-wildfly.log"));
    }

    private static int freeOffset() {
        return ThreadLocalRandom.current()
                .ints(LOWEST_OFFSET, HIGHEST_OFFSET)
                .limit(100)
                .filter(offset -> IntStream.of(PORTS).allMatch(port -> isFree(port + offset)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void deployAdapter() {
        if (!hasAdapter) {
            administer(server -> server.deploy(Archives.rar()));
            hasAdapter = true;
        }
    }

    @Override
    public void undeployAdapter() {
        if (hasAdapter) {
            administer(server -> server.undeploy(Archives.STANDALONE));
            hasAdapter = false;
        }
    }

    private void administer(Consumer<Server> work) {
        try (ModelControllerClient client = ModelControllerClient.Factory.create("127.0.0.1", managementPort)) {
            work.accept(new Server(client));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
