// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.Configuration.Definition;

/** The Dockerfile, its files and the Compose file are well-formed, and agree with the code. */
class ContainersTest {

    private static final Path DEPLOY = Path.of("..", "docs", "deploy");
    private static final Set<String> INSTRUCTIONS =
            Set.of("FROM", "ENV", "COPY", "RUN", "USER", "EXPOSE", "VOLUME", "ENTRYPOINT");

    private static final Set<String> COMMANDS =
            Set.of("echo", "mkdir", "tar", "rm", "mv", "groupadd", "useradd", "\"$JBOSS_HOME/bin/jboss-cli.sh\"");

    /** The archives that the reader builds or downloads to the directory. */
    private static final Set<String> BUILT = Set.of("wildfly-dist.tar.gz", "redis-queue.rar", "shop.war");

    /** The part of the Compose specification that the example uses. */
    record Compose(String name, Map<String, Service> services, Map<String, Object> volumes) {}

    record Service(
            String image,
            String build,
            String hostname,
            List<String> command,
            @JsonProperty("depends_on") Map<String, Condition> dependsOn,
            Map<String, String> environment,
            List<String> ports,
            List<String> volumes,
            Healthcheck healthcheck,
            @JsonProperty("stop_grace_period") String stopGracePeriod,
            String restart) {}

    record Condition(String condition) {}

    record Healthcheck(
            List<String> test,
            String interval,
            String timeout,
            int retries,
            @JsonProperty("start_period") String startPeriod) {}

    private final Compose compose = Example.convert(Example.tree(Example.text("compose.yaml")), Compose.class);

    /** The instructions of the Dockerfile, with continued lines joined and without comments. */
    private static List<String> instructions() {
        List<String> instructions = new ArrayList<>();
        String joined = Example.text("Dockerfile").replaceAll("\\s*\\\\\\n\\s*", " ");
        joined.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(instructions::add);
        return instructions;
    }

    private static Stream<String> arguments(String instruction) {
        return instructions().stream()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1).strip());
    }

    @Test
    void dockerfileConsistsOfInstructions() {
        assertThat(instructions()).allMatch(line -> INSTRUCTIONS.contains(line.split(" ", 2)[0]));
        assertThat(instructions().get(0)).startsWith("FROM ");
        assertThat(arguments("USER")).containsExactly("1001");
        assertThat(arguments("ENTRYPOINT")).containsExactly("[\"/usr/local/bin/entrypoint.sh\"]");
    }

    @Test
    void copiedFilesExist() {
        assertThat(arguments("COPY")).isNotEmpty().allSatisfy(line -> {
            List<String> files = files(line);
            assertThat(files.subList(0, files.size() - 1))
                    .allMatch(file -> line.startsWith("--from=build ")
                            || BUILT.contains(file)
                            || Files.exists(DEPLOY.resolve(file)));
        });
    }

    private static List<String> files(String arguments) {
        return Stream.of(arguments.split(" "))
                .filter(word -> !word.startsWith("--"))
                .toList();
    }

    @Test
    void buildContextContainsOnlyTheCopiedFiles() {
        List<String> copied = arguments("COPY")
                .filter(line -> !line.startsWith("--from="))
                .map(ContainersTest::files)
                .flatMap(files -> files.subList(0, files.size() - 1).stream())
                .toList();
        assertThat(Example.text(".dockerignore").lines().filter(line -> !line.startsWith("#")))
                .startsWith("*")
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of("*"), copied.stream().map("!"::concat))
                                .toList());
    }

    @Test
    void installationIsVerifiedAndNotWritable() {
        assertThat(arguments("RUN").findFirst())
                .get()
                .asString()
                .matches("echo \"[0-9a-f]{64}  /tmp/build/wildfly-dist.tar.gz\" \\| sha256sum --check && .*");
        assertThat(arguments("FROM")).containsExactly("eclipse-temurin:17-jre AS build", "eclipse-temurin:17-jre");
        assertThat(arguments("COPY"))
                .contains(
                        "--from=build /opt/wildfly /opt/wildfly",
                        "--from=build --chown=1001:1001 /tmp/standalone /opt/wildfly/standalone");
        assertThat(arguments("RUN")).noneMatch(line -> line.contains("chown"));
    }

    @Test
    void shellLinesUseKnownCommandsAndVariables() {
        assertThat(arguments("RUN"))
                .flatMap(line -> List.of(line.split(" && ")))
                .isNotEmpty()
                .allSatisfy(command -> {
                    assertThat(COMMANDS).contains(command.strip().split(" ", 2)[0]);
                    assertThat(command.replace("$JBOSS_HOME", "")).doesNotContain("$");
                });
        assertThat(arguments("ENV")).containsOnly("JBOSS_HOME=/opt/wildfly");
    }

    @Test
    void wildFlyIsTheTestedVersion() {
        assertThat(Example.text("README.md"))
                .contains("-Dartifact=org.wildfly:wildfly-dist:" + System.getProperty("version.wildfly") + ":tar.gz");
    }

    @Test
    void adapterIsConfiguredWithItsProperties() {
        List<String> configured = matches("ironjacamar.xml", "<config-property name=\"(\\w+)\">");
        assertThat(configured).containsExactly("addresses", "user", "password", "clientName");
        assertThat(Configuration.definitions(RedisResourceAdapter.class))
                .extracting(Definition::name)
                .containsAll(configured);
        assertThat(matches("ironjacamar.xml", "\\$\\{([\\w.]+)\\}"))
                .isEqualTo(matches("wildfly.cli", "/system-property=([\\w.]+):add"));
    }

    @Test
    void variablesOfTheImageAreSet() {
        List<String> used = matches("wildfly.cli", "\\$\\{env\\.(REDIS_\\w+)");
        assertThat(used).containsExactly("REDIS_ADDRESSES", "REDIS_USER", "REDIS_PASSWORD");
        assertThat(compose.services().get("shop").environment()).containsKeys(used.toArray(String[]::new));
        assertThat(matches("kubernetes/shop.yaml", "name: (REDIS_\\w+)")).isEqualTo(used);
    }

    private static List<String> matches(String file, String pattern) {
        return Pattern.compile(pattern)
                .matcher(Example.text(file))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void entryPointIsAValidShellScript() throws Exception {
        Process shell = new ProcessBuilder(
                        "sh", "-n", DEPLOY.resolve("entrypoint.sh").toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(shell.getInputStream().readAllBytes())).isEmpty();
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void composeFileRefersToWhatExists() {
        Service shop = compose.services().get("shop");
        assertThat(compose.services().keySet()).containsExactlyInAnyOrder("redis", "shop");
        assertThat(shop.dependsOn().get("redis").condition()).isEqualTo("service_healthy");
        assertThat(shop.environment().get("REDIS_ADDRESSES")).isEqualTo("redis://redis:6379");
        assertThat(Path.of("..", "docs", "deploy", shop.build(), "Dockerfile")).exists();
        assertThat(compose.services().values()).flatExtracting(Service::volumes).allSatisfy(volume -> {
            String source = volume.split(":")[0];
            assertThat(compose.volumes().containsKey(source) || Files.exists(DEPLOY.resolve(source)))
                    .as(volume)
                    .isTrue();
        });
        assertThat(shop.volumes()).contains("transaction-log:" + volumeOfTheImage());
        assertThat(shop.hostname()).hasSizeLessThanOrEqualTo(23);
        assertThat(compose.services().values())
                .extracting(Service::healthcheck)
                .allMatch(check -> check.retries() > 0
                        && !check.interval().isEmpty()
                        && !check.timeout().isEmpty());
        assertThat(shop.healthcheck().test().get(3)).contains("/9990;", "GET /health/ready ");
        assertThat(shop.healthcheck().startPeriod()).isNotEmpty();
    }

    private static String volumeOfTheImage() {
        return arguments("VOLUME").findFirst().orElseThrow().replaceAll("[\\[\\]\"]", "");
    }

    @Test
    void onlyTheApplicationIsPublished() {
        assertThat(compose.services().get("shop").ports()).containsExactly("8080:8080");
        assertThat(compose.services().get("redis").ports()).isNull();
    }

    @Test
    void redisIsTheTestedVersion() {
        String version = compose.services().get("redis").image().replace("redis:", "");
        assertThat(Example.document("../README.md")).contains("tested with Redis " + version + ",");
    }

    /** With a default user that needs no password, Redis would refuse all clients on other hosts (protected mode). */
    @Test
    void defaultUserIsOffAndHealthCheckHasItsUser() {
        assertThat(Example.text("users.acl"))
                .startsWith("user default off\n")
                .contains("\nuser health on nopass resetkeys resetchannels -@all +ping\n");
        assertThat(compose.services().get("redis").healthcheck().test().get(1)).contains("--user health --pass ");
    }

    @Test
    void redisIsDurable() {
        assertThat(Example.text("redis.conf"))
                .contains("\nappendonly yes\n", "\nappendfsync everysec\n", "\nmaxmemory-policy noeviction\n");
        assertThat(compose.services().get("redis").volumes())
                .contains("redis-data:" + setting("dir"), "./users.acl:" + setting("aclfile") + ":ro");
    }

    private static String setting(String name) {
        return matches("redis.conf", "(?m)^" + name + " (\\S+)$").get(0);
    }

    @Test
    void redisUserHasTheDocumentedRights() {
        String rights = matches("users.acl", "(?m)^user shop on >\\S+ (.*)$").get(0);
        assertThat(Example.document("operations.md").replace("'", "")) // which quote the words for the shell
                .contains("ACL SETUSER shop on >a-password " + rights + "\n");
    }
}
