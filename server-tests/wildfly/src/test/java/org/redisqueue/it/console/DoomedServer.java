// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.console.app.UndecidedListener;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.wildfly.WildFlyInstance;
import org.redisqueue.ra.testing.Signal;
import org.redisqueue.ra.testing.TestRedis;

/** A WildFly server that dies while its transactions are prepared in Redis, and never returns. */
final class DoomedServer {

    /** The node identifier of its transaction manager. */
    static final String NODE = "doomed";

    /** The queue that it consumed. */
    static final String QUEUE = "drills.undecided";

    private static final Path HOME = Path.of(System.getProperty("server.home"));
    private static final Path BASE = Path.of("target", NODE).toAbsolutePath();
    private static final String SCRIPT = "configure-doomed.cli";
    private static final Duration START = Duration.ofMinutes(2);

    private final Process process;

    private DoomedServer(Process process) {
        this.process = process;
    }

    /** Starts the server, without waiting. */
    static DoomedServer launch() {
        try {
            Directories.delete(BASE);
            WildFlyInstance instance = new WildFlyInstance(HOME, BASE);
            instance.copyConfiguration();
            Path application = BASE.resolve("application.ear");
            Archives.ear(
                            Archives.rar(),
                            Archives.war(Beans.of(Archives.IN_EAR)
                                            .consuming(QUEUE, UndecidedListener.class, "maxConcurrency=10"))
                                    .addPackage(UndecidedListener.class.getPackage()))
                    .as(ZipExporter.class)
                    .exportTo(application.toFile(), true);
            Path script = Files.writeString(
                    BASE.resolve(SCRIPT),
                    Resources.text(DoomedServer.class, SCRIPT).replace("@application@", application.toString()));
            instance.configure(script, BASE.resolve("configure.log"));
            var command = instance.command(TestRedis.freePort())
                    .addJavaOption("-Xmx256m")
                    .addJavaOption("-XX:TieredStopAtLevel=1")
                    .addJavaOption("-Djava.net.preferIPv4Stack=true")
                    .addServerArgument("-Djboss.node.name=" + NODE)
                    .addServerArgument("-Djboss.tx.node.id=" + NODE)
                    .addServerArgument(
                            "-Dredisqueue.addresses=" + TestRedis.shared().address());
            Process process = new ProcessBuilder(command.build())
                    .redirectErrorStream(true)
                    .redirectOutput(BASE.resolve("console.log").toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
            return new DoomedServer(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills the server when it has prepared this number of branches, each of which consumes one message and sends one. */
    void dieInDoubt(Queue queue, int branches) {
        queue.pushMany(branches);
        await("the branches are prepared").atMost(START).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The server ended, see " + BASE.resolve("console.log"));
            }
            return queue.prepared().size() == branches && hasSentHeartbeat();
        });
        Signal.KILL.send(process.pid());
        process.onExit().join();
    }

    private boolean hasSentHeartbeat() {
        TestRedis redis = TestRedis.shared();
        return ((List<?>) redis.call("ZRANGE", "rq:{/}:servers", "0", "-1"))
                .stream()
                        .map(id -> String.valueOf(redis.call("HGETALL", "rq:{/}:server:" + id)))
                        .anyMatch(fields -> fields.contains("\"pid\":" + pid()) && fields.contains(QUEUE));
    }

    long pid() {
        return process.pid();
    }
}
