// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.wildfly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.LogTail;
import org.wildfly.core.launcher.CliCommandBuilder;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/**
 * A WildFly server with a base directory outside of its installation.
 *
 * @param home the directory of the installation, which remains unchanged
 * @param base the base directory, which contains the server's configuration, its logs and its data
 */
public record WildFlyInstance(Path home, Path base) {

    private static final Path JAVA = Path.of(System.getProperty("java.home"));

    /** The directory from which the server reads its configuration. */
    public Path configuration() {
        return base.resolve("configuration");
    }

    /** Copies the configuration of the installation to the base directory. */
    public void copyConfiguration() throws IOException {
        Files.createDirectories(configuration());
        var original = home.resolve("standalone/configuration");
        try (var files = Files.newDirectoryStream(original, Files::isRegularFile)) {
            for (var file : files) {
                Files.copy(
                        file,
                        configuration().resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /**
     * Runs a script of the management CLI while the server is down.
     *
     * @param log receives the output of the CLI
     * @throws org.redisqueue.launchers.process.LaunchFailure if a command fails
     */
    public void configure(Path script, Path log) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(CliCommandBuilder.asModularLauncher(home)
                        .setJavaHome(JAVA)
                        .addJavaOption("-Djboss.server.base.dir=" + base)
                        .setScriptFile(script)
                        .build())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JBOSS_HOME", home.toString());
        var process = builder.start();
        EndWithJvm.add(process.toHandle());
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw LogTail.failure("Cannot configure WildFly", log);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** The command that starts the server with this port for HTTP and any free port for management. */
    public StandaloneCommandBuilder command(int httpPort) {
        return StandaloneCommandBuilder.of(home)
                .setJavaHome(JAVA)
                .setBaseDirectory(base)
                .addServerArgument("-Djboss.http.port=" + httpPort)
                .addServerArgument("-Djboss.management.http.port=0");
    }

    /** Names the server for its transaction manager, and makes recovery run within seconds. */
    public static void addRecovery(StandaloneCommandBuilder command, String node) {
        command.addServerArgument("-Djboss.tx.node.id=" + node)
                .addServerArgument("-DRecoveryEnvironmentBean.periodicRecoveryPeriod=5")
                .addServerArgument("-DRecoveryEnvironmentBean.recoveryBackoffPeriod=1")
                .addServerArgument("-DJTAEnvironmentBean.orphanSafetyInterval=5000");
    }
}
