// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.wildfly.core.launcher.CliCommandBuilder;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** A WildFly with the order desk in it. */
final class WildFlyProcess implements AutoCloseable {

    private static final String NAME = "WildFly";
    private static final String SCRIPT = "order-desk.cli";

    /** How long WildFly lets running deliveries end before it stops, in seconds. */
    private static final int GRACE = 20;

    private final Process process;
    private final Path log;
    private final Leftovers leftovers;

    private WildFlyProcess(Process process, Path log, Leftovers leftovers) {
        this.process = process;
        this.log = log;
        this.leftovers = leftovers;
    }

    /** Starts a WildFly with its data in {@code directory/wildfly}, and returns when the page answers. */
    static WildFlyProcess start(Path directory, Path home, Path ear, Settings settings, Leftovers leftovers)
            throws IOException, InterruptedException {
        var base = directory.resolve("wildfly");
        var log = directory.resolve("wildfly.log");
        configure(base, home, log);
        OrphanedBranches.rollBack(base, home);
        var deployments = deploy(base, ear);
        var command = StandaloneCommandBuilder.of(home)
                .setJavaHome(Path.of(System.getProperty("java.home")))
                .setBaseDirectory(base)
                .addJavaOption("-Dorg.wildfly.sigterm.suspend.timeout=" + GRACE)
                .addServerArgument("-Djboss.http.port=" + settings.httpPort())
                // Any free one.
                .addServerArgument("-Djboss.management.http.port=0")
                // Recovery finds the transactions of a killed server by this name, and does so within seconds.
                .addServerArgument("-Djboss.tx.node.id=order-desk")
                .addServerArgument("-DRecoveryEnvironmentBean.periodicRecoveryPeriod=5")
                .addServerArgument("-DRecoveryEnvironmentBean.recoveryBackoffPeriod=1")
                .addServerArgument("-Dredisqueue.addresses=" + settings.redisUrl())
                .build();
        var process = new ProcessBuilder(untouchedByTerminal(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var wildfly = new WildFlyProcess(process, log, leftovers);
        try {
            leftovers.remember(NAME, process.toHandle());
            wildfly.awaitPage(settings.httpPort(), deployments.resolve(ear.getFileName() + ".failed"));
        } catch (InterruptedException | IOException | RuntimeException e) {
            wildfly.close();
            throw e;
        }
        return wildfly;
    }

    /**
     * The command with SIGINT and SIGHUP ignored, which Java respects. The terminal sends them to all processes at
     * once, but it is for us to stop WildFly. After exec it is WildFly that is our child, not the shell.
     */
    private static List<String> untouchedByTerminal(List<String> command) {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\" </dev/null", "sh"));
        shell.addAll(command);
        return shell;
    }

    /** Makes the base directory from WildFly's own and the script, unless an earlier run did so from the same script. */
    private static void configure(Path base, Path home, Path log) throws IOException, InterruptedException {
        String script;
        try (var in = WildFlyProcess.class.getResourceAsStream(SCRIPT)) {
            script = new String(in.readAllBytes());
        }
        var configuration = Files.createDirectories(base.resolve("configuration"));
        var applied = configuration.resolve(SCRIPT);
        if (Files.exists(applied) && Files.readString(applied).equals(script)) {
            return;
        }
        try (var originals = Files.newDirectoryStream(home.resolve("standalone/configuration"), Files::isRegularFile)) {
            for (var original : originals) {
                Files.copy(
                        original,
                        configuration.resolve(original.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        var running = Files.writeString(configuration.resolve(SCRIPT + ".running"), script);
        var builder = new ProcessBuilder(CliCommandBuilder.asModularLauncher(home)
                        .setJavaHome(Path.of(System.getProperty("java.home")))
                        .addJavaOption("-Djboss.server.base.dir=" + base)
                        .setScriptFile(running)
                        .build())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JBOSS_HOME", home.toString());
        var process = builder.start();
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw Log.failure("WildFly could not be configured", log);
            }
        } finally {
            process.destroyForcibly();
        }
        Files.move(running, applied, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Leaves the EAR, and no trace of an earlier one, where WildFly looks for what to deploy. */
    private static Path deploy(Path base, Path ear) throws IOException {
        var deployments = Files.createDirectories(base.resolve("deployments"));
        try (var old = Files.newDirectoryStream(deployments)) {
            for (var file : old) {
                Files.delete(file);
            }
        }
        Files.copy(ear, deployments.resolve(ear.getFileName()));
        return deployments;
    }

    private void awaitPage(int port, Path failed) throws InterruptedException, IOException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var answered = Wait.until(
                Duration.ofMinutes(5), () -> !process.isAlive() || Files.exists(failed) || answers(client, request));
        if (!process.isAlive()) {
            throw Log.failure("WildFly ended while it started", log);
        }
        if (Files.exists(failed)) {
            throw Log.failure("The order desk could not be deployed", log);
        }
        if (!answered) {
            throw Log.failure("The page does not answer", log);
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request) {
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                            .join()
                            .statusCode()
                    == 200;
        } catch (RuntimeException e) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    /** Completed with a sentence when WildFly is no longer there. */
    CompletableFuture<String> ended() {
        return process.onExit()
                .thenApply(p -> "WildFly ended by itself with exit code " + p.exitValue() + ", see " + log);
    }

    @Override
    public void close() {
        System.out.println("Stopping WildFly");
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, GRACE + 25, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
        process.onExit().join();
        try {
            leftovers.forget(NAME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
