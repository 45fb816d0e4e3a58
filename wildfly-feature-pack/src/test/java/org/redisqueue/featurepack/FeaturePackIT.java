// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.featurepack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.junit.jupiter.api.Test;
import org.redisqueue.featurepack.app.GreetingListener;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.process.Wait;
import org.redisqueue.launchers.redis.RedisProcess;
import org.redisqueue.launchers.wildfly.WildFlyInstance;

/** Runs an application on a server that the build has provisioned with the layer. */
class FeaturePackIT {

    private static final Path HOME = Path.of("target", "server").toAbsolutePath();
    private static final Path STANDALONE = HOME.resolve("standalone");
    private static final Path LOG = Path.of("target", "server.log").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void provisionedServerDeliversMessages() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "redis").toAbsolutePath());
        int port = Ports.free();
        application()
                .as(ZipExporter.class)
                .exportTo(STANDALONE.resolve("deployments/greetings.jar").toFile(), true);

        try (RedisProcess redis = RedisProcess.start(directory, port, new Leftovers(directory));
                ServerProcess server = start("redis://127.0.0.1:" + port)) {
            boolean delivered =
                    Wait.until(PATIENCE, () -> log().contains(GreetingListener.RECEIVED) || !server.isAlive());

            assertThat(redis.ended()).isNotDone();
            assertThat(delivered).as("delivered; see %s", LOG).isTrue();
            assertThat(log()).contains("RQ-001", GreetingListener.RECEIVED).doesNotContain(" ERROR ");
        }
    }

    @Test
    void serverContainsNoOtherBroker() {
        assertThat(HOME.resolve("modules/system/layers/base/org/wildfly/extension/messaging-activemq"))
                .doesNotExist();
    }

    private static JavaArchive application() {
        return ShrinkWrap.create(JavaArchive.class)
                .addPackage(GreetingListener.class.getPackage())
                .setManifest(new StringAsset("Manifest-Version: 1.0\nDependencies: deployment.redis-queue.rar\n"));
    }

    private static ServerProcess start(String redis) throws Exception {
        Process process = new ProcessBuilder(new WildFlyInstance(HOME, STANDALONE)
                        .command(Ports.free())
                        .addJavaOption("-Xmx512m")
                        .addServerArgument("-Dredisqueue.addresses=" + redis)
                        .build())
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile())
                .start();
        EndWithJvm.add(process.toHandle());
        return new ServerProcess("WildFly", process, LOG, 60);
    }

    private static String log() {
        try {
            return Files.readString(LOG, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
