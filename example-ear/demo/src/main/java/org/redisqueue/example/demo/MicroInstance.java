// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A Payara Micro with the resource adapter beside its applications, as it takes no EAR. Its data stay in its directory; its
 * configuration is made anew at each start, by two scripts.
 */
public final class MicroInstance {

    private static final String PREBOOT = "micro-preboot.asadmin";
    private static final String POSTBOOT = "micro-postboot.asadmin";

    private final Path jar;
    private final Path directory;

    /**
     * @param jar the Payara Micro that is run
     * @param directory what is this instance's own
     */
    public MicroInstance(Path jar, Path directory) {
        this.jar = jar.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
    }

    /**
     * Says what it has, before each start.
     *
     * @param adapter the archive of the resource adapter
     * @param redis the address of the Redis that the adapter uses
     */
    public void configure(Path adapter, String redis) throws IOException {
        Domain.delete(root());
        Files.createDirectories(directory);
        for (var script : List.of(PREBOOT, POSTBOOT)) {
            try (var in = MicroInstance.class.getResourceAsStream(script)) {
                Files.writeString(
                        directory.resolve(script),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                .replace("@directory@", directory.toString())
                                .replace("@adapter@", adapter.toAbsolutePath().toString())
                                .replace("@redis@", redis.replace(":", "\\:")));
            }
        }
    }

    /** Removes it, with its data. */
    public void delete() throws IOException {
        Domain.delete(directory);
    }

    /** What it unpacks itself to, and deploys to: nothing that has to outlive it. */
    private Path root() {
        return directory.resolve("root");
    }

    /** The driver of the database, taken out of Payara Micro. */
    Path driver() throws IOException {
        var driver = directory.resolve("h2.jar");
        if (!Files.exists(driver)) {
            try (var micro = FileSystems.newFileSystem(jar)) {
                Files.copy(micro.getPath("MICRO-INF/runtime/h2.jar"), driver, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return driver;
    }

    /** The file of the database, without the suffix. */
    Path database() {
        return directory.resolve("order-desk");
    }

    /** The directory of the transaction log. */
    Path transactions() {
        return directory.resolve("transactions");
    }

    /**
     * The command that starts it as a single process that logs to its standard output.
     *
     * @param options of the JVM
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
