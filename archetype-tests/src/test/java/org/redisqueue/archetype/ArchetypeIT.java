// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Ports;

class ArchetypeIT {

    /** Neither a Java identifier nor short enough for a name of a server in a transaction. */
    private static final String ARTIFACT = "order-processing.my-web-shop";

    private static final Path DIRECTORY = Path.of(System.getProperty("build.directory"), "generated");

    @Test
    void generatedApplicationPassesItsTestsAndReceivesItsFirstMessage() throws Exception {
        Directories.delete(DIRECTORY);
        Files.createDirectories(DIRECTORY);
        Maven.run(
                "generate",
                DIRECTORY,
                "org.apache.maven.plugins:maven-archetype-plugin:" + System.getProperty("archetype.plugin.version")
                        + ":generate",
                "-DarchetypeGroupId=org.redisqueue",
                "-DarchetypeArtifactId=redis-queue-archetype",
                "-DarchetypeVersion=" + System.getProperty("archetype.version"),
                "-DarchetypeCatalog=local",
                "-DgroupId=com.my-company",
                "-DartifactId=" + ARTIFACT,
                "-DinteractiveMode=false");
        var project = DIRECTORY.resolve(ARTIFACT);
        assertThat(Maven.run("verify", project, "verify")).contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");

        var redis = Ports.free();
        try (var maven = Maven.start(
                "run",
                project,
                "wildfly:run",
                "-Prun",
                "-DskipTests",
                "-Dhttp.port=" + Ports.free(),
                "-Dmanagement.port=" + Ports.free(),
                "-Dredis.port=" + redis)) {
            maven.await("Redis is running");
            var redisProcess = ProcessHandle.of(Long.parseLong(Files.readString(project.resolve(".redis/redis.pid"))
                            .strip()))
                    .orElseThrow();
            EndWithJvm.add(redisProcess);
            var curl = maven.await("curl -H '(.+): (.+)' -d '(.+)' (http://.+)");
            maven.await("Deployed \"" + Pattern.quote(ARTIFACT + ".war") + "\"");
            var request = HttpRequest.newBuilder(URI.create(curl.group(4)))
                    .header(curl.group(1), curl.group(2))
                    .POST(HttpRequest.BodyPublishers.ofString(curl.group(3)))
                    .build();
            var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            maven.await("Received order " + response.body().strip() + ": 2 tea");
            maven.await("Received receipt for order " + response.body().strip());

            var children = maven.children();
            assertThat(children).isNotEmpty();
            maven.terminate();
            assertThat(maven.endsWithin(Duration.ofSeconds(60))).isTrue();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(Ports.isOpen("127.0.0.1", redis)).isFalse();
        }
    }
}
