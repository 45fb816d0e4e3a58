// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.micro;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.Resources;

/**
 * A Payara Micro server that deploys the resource adapter next to its applications, because it does not accept an EAR.
 * Two scripts configure it at each start. Its data survives a restart.
 */
public final class MicroInstance {

    private static final String PREBOOT = "preboot.asadmin";
    private static final String POSTBOOT = "postboot.asadmin";

    private final Path jar;
    private final Path directory;

    /**
     * @param jar the installation
     * @param directory where the server keeps its files
     */
    public MicroInstance(Path jar, Path directory) {
        this.jar = jar.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
    }

    /**
     * Writes the configuration, which is required before each start.
     *
     * @param adapter the archive of the resource adapter
     * @param redis the address of Redis
     */
    public void configure(Path adapter, String redis) throws IOException {
        Directories.delete(root());
        Files.createDirectories(directory);
        for (var script : List.of(PREBOOT, POSTBOOT)) {
            Files.writeString(
                    directory.resolve(script),
                    Resources.text(MicroInstance.class, script)
                            .replace("@directory@", directory.toString())
                            .replace("@adapter@", adapter.toAbsolutePath().toString())
                            .replace("@redis@", redis.replace(":", "\\:")));
        }
    }

    /** Deletes all files of the server, including its data. */
    public void delete() throws IOException {
        Directories.delete(directory);
    }

    /**
     * The directory in which Payara Micro unpacks itself and its applications. Its content is not needed after a
     * restart.
     */
    private Path root() {
        return directory.resolve("root");
    }

    /** The driver of the database, extracted from the JAR of Payara Micro. */
    Path driver() throws IOException {
        var driver = directory.resolve("h2.jar");
        if (!Files.exists(driver)) {
            try (var micro = FileSystems.newFileSystem(jar)) {
                Files.copy(micro.getPath("MICRO-INF/runtime/h2.jar"), driver, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return driver;
    }

    /** The database file, without its extension. */
    Path database() {
        return directory.resolve("order-desk");
    }

    /** The directory of the transaction log. */
    Path transactions() {
        return directory.resolve("transactions");
    }

    /**
     * The command that starts the server as a single process, which logs to its standard output.
     *
     * @param options the JVM options
     * @param applications the archives to deploy
     */
    public List<String> command(int httpPort, List<String> options, List<Path> applications) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString(), "--nocluster", "--name", "order-desk"));
        command.addAll(List.of("--rootdir", root().toString(), "--port", "" + httpPort));
        command.addAll(
                List.of("--prebootcommandfile", directory.resolve(PREBOOT).toString()));
        command.addAll(
                List.of("--postbootcommandfile", directory.resolve(POSTBOOT).toString()));
        applications.forEach(application -> command.addAll(List.of("--deploy", application.toString())));
        return command;
    }
}
