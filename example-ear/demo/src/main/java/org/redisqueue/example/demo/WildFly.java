// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.wildfly.core.launcher.CliCommandBuilder;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** The order desk on WildFly. */
final class WildFly extends OrderDeskServer {

    private static final String SCRIPT = "order-desk.cli";
    private static final int UID_LENGTH = 2 * Long.BYTES + 3 * Integer.BYTES;

    WildFly(Installation installation) {
        super(installation);
    }

    @Override
    public String name() {
        return "WildFly";
    }

    /** Makes the base directory from WildFly's own and the script, unless an earlier run did so from the same script. */
    @Override
    protected void configure() throws IOException, InterruptedException {
        String script;
        try (var in = WildFly.class.getResourceAsStream(SCRIPT)) {
            script = new String(in.readAllBytes());
        }
        var configuration = Files.createDirectories(installation.directory().resolve("configuration"));
        var applied = configuration.resolve(SCRIPT);
        if (!Files.exists(applied) || !Files.readString(applied).equals(script)) {
            copyOriginals(configuration);
            var running = Files.writeString(configuration.resolve(SCRIPT + ".running"), script);
            run(running);
            Files.move(running, applied, StandardCopyOption.REPLACE_EXISTING);
        }
        layOutArchive();
    }

    private void copyOriginals(Path configuration) throws IOException {
        var home = installation.home().resolve("standalone/configuration");
        try (var originals = Files.newDirectoryStream(home, Files::isRegularFile)) {
            for (var original : originals) {
                Files.copy(
                        original,
                        configuration.resolve(original.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private void run(Path script) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(CliCommandBuilder.asModularLauncher(installation.home())
                        .setJavaHome(Path.of(System.getProperty("java.home")))
                        .addJavaOption("-Djboss.server.base.dir=" + installation.directory())
                        .setScriptFile(script)
                        .build())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().put("JBOSS_HOME", installation.home().toString());
        var process = builder.start();
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw Log.failure("WildFly could not be configured", log());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** Leaves the EAR, and no trace of an earlier one, where WildFly looks for what to deploy. */
    private void layOutArchive() throws IOException {
        var deployments = Files.createDirectories(installation.directory().resolve("deployments"));
        try (var old = Files.newDirectoryStream(deployments)) {
            for (var file : old) {
                Files.delete(file);
            }
        }
        Files.copy(
                installation.archive(),
                deployments.resolve(installation.archive().getFileName()));
    }

    @Override
    protected List<String> command() {
        return StandaloneCommandBuilder.of(installation.home())
                .setJavaHome(Path.of(System.getProperty("java.home")))
                .setBaseDirectory(installation.directory())
                .addJavaOption("-Dorg.wildfly.sigterm.suspend.timeout=" + GRACE)
                .addServerArgument("-Djboss.http.port=" + installation.httpPort())
                // Any free one.
                .addServerArgument("-Djboss.management.http.port=0")
                // Recovery finds the transactions of a killed server by this name, and does so within seconds.
                .addServerArgument("-Djboss.tx.node.id=order-desk")
                .addServerArgument("-DRecoveryEnvironmentBean.periodicRecoveryPeriod=5")
                .addServerArgument("-DRecoveryEnvironmentBean.recoveryBackoffPeriod=1")
                .addServerArgument("-DJTAEnvironmentBean.orphanSafetyInterval=5000")
                .addServerArgument("-Dredisqueue.addresses=" + installation.redisUrl())
                .build();
    }

    @Override
    protected boolean hasFailed() {
        return Files.exists(installation
                .directory()
                .resolve("deployments")
                .resolve(installation.archive().getFileName() + ".failed"));
    }

    @Override
    protected Database database() throws IOException {
        var module = installation.home().resolve("modules/system/layers/base/com/h2database/h2/main");
        try (var jars = Files.newDirectoryStream(module, "h2-*.jar")) {
            var data = installation.directory().resolve("data");
            return new Database(data.resolve("order-desk"), jars.iterator().next(), this::hasLogged);
        }
    }

    /**
     * Each transaction of the log is a file, which has the transaction's uid for a name. A global id begins with the
     * uid, two longs and three ints, which the log writes in hex.
     */
    private boolean hasLogged(byte[] globalId) throws IOException {
        var log = installation.directory().resolve("data/tx-object-store");
        if (!Files.exists(log) || globalId.length < UID_LENGTH) {
            return false;
        }
        var uid = ByteBuffer.wrap(globalId);
        var name = String.join(
                "_",
                Long.toString(uid.getLong(), 16),
                Long.toString(uid.getLong(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16));
        try (var files = Files.walk(log)) {
            return files.filter(Files::isRegularFile)
                    .anyMatch(file -> file.getFileName().toString().equals(name));
        }
    }
}
