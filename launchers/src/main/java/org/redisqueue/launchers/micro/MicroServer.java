// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.micro;

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
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.process.Wait;
import org.redisqueue.launchers.server.Archive;
import org.redisqueue.launchers.server.DeployingServer;

/** A Payara Micro server for the tests. It deploys only at its start, and is therefore restarted for each deployment. */
public final class MicroServer implements DeployingServer {

    /** The message that the server logs when it is asked to deploy an EAR. */
    public static final String EAR_REFUSED = "not valid type of deployment archive";

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final int STOP_SECONDS = 60;

    private final Path directory;
    private final Path log;
    private final MicroInstance instance;
    private final Map<String, Path> applications = new LinkedHashMap<>();
    private final int port = Ports.free();
    private Path adapter;
    private String redis;
    private Process process;

    public MicroServer(Path jar, Path directory) {
        this.directory = directory.toAbsolutePath();
        this.log = this.directory.resolve("server.log");
        this.instance = new MicroInstance(jar, directory);
    }

    @Override
    public void start(String address, Path archive) {
        redis = address;
        adapter = archive;
        try {
            instance.delete();
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (process != null) {
            ServerProcess.stop(process, STOP_SECONDS);
        }
    }

    @Override
    public URI web() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The server deploys the adapter at each start. */
    @Override
    public void deployAdapter() {}

    /** Has no effect: the adapter cannot be part of an EAR instead, because the server does not deploy EARs. */
    @Override
    public void undeployAdapter() {}

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

    private void restart() {
        stop();
        List<String> options = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Dredisqueue.addresses=" + redis);
        try {
            instance.configure(adapter, redis);
            process = new ProcessBuilder(instance.command(port, options, List.copyOf(applications.values())))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            if (!Wait.until(START_TIMEOUT, this::isReady)) {
                throw new IllegalStateException("Payara Micro is not ready, see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Payara Micro reports that it is ready even if an application has failed. */
    private boolean isReady() {
        String output = output();
        if (!output.contains(" ready in ") && process.isAlive()) {
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
