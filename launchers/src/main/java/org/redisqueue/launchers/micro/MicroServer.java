// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.micro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.redisqueue.launchers.process.Wait;
import org.redisqueue.launchers.server.Archive;
import org.redisqueue.launchers.server.TestServer;

/** A Payara Micro server for the tests. It deploys only at its start, and is therefore restarted for each deployment. */
public final class MicroServer extends TestServer {

    /** The message that the server logs when it is asked to deploy an EAR. */
    public static final String EAR_REFUSED = "not valid type of deployment archive";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int MAX_STARTS = 3;

    private final Path directory;
    private final MicroInstance instance;
    private final Map<String, Path> applications = new LinkedHashMap<>();

    public MicroServer(Path jar, Path directory) {
        super(directory.toAbsolutePath().resolve("server.log"));
        this.directory = directory.toAbsolutePath();
        this.instance = new MicroInstance(jar, directory);
    }

    @Override
    protected void launch() throws IOException {
        instance.delete();
        Files.createDirectories(directory);
    }

    /** The server deploys the adapter at each start. */
    @Override
    protected void addAdapter() {}

    /** Has no effect: the adapter cannot be part of an EAR instead, because the server does not deploy EARs. */
    @Override
    protected void removeAdapter() {}

    @Override
    public void deploy(Path archive) {
        applications.put(Archive.nameOf(archive), archive.toAbsolutePath());
        restart();
    }

    @Override
    public void undeploy(Path archive) {
        applications.remove(Archive.nameOf(archive));
        stop();
    }

    /** Starts the server with the applications. In rare cases, it hangs before it loads any of them. */
    private void restart() {
        for (int starts = 1; !start(); starts++) {
            if (starts == MAX_STARTS) {
                throw new IllegalStateException("Payara Micro is not ready, see " + log);
            }
        }
    }

    private boolean start() {
        stop();
        List<String> options = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Dredisqueue.addresses=" + redis());
        boolean[] ready = new boolean[1];
        perform(() -> {
            instance.configure(adapter(), redis());
            run(new ProcessBuilder(instance.command(httpPort, options, List.copyOf(applications.values()))));
            ready[0] = Wait.until(START_TIMEOUT, this::isReady);
        });
        return ready[0];
    }

    /** Payara Micro reports that it is ready even if an application has failed. */
    private boolean isReady() {
        String output = output();
        if (!output.contains(" ready in ") && isAlive()) {
            return false;
        }
        for (Path application : applications.values()) {
            String name = Archive.nameOf(application);
            if (!output.contains(name + " was successfully deployed")) {
                throw new IllegalStateException(
                        output.contains(EAR_REFUSED)
                                ? EAR_REFUSED + ": " + application
                                : application + " is not deployed, see " + log);
            }
        }
        return true;
    }

    private String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
