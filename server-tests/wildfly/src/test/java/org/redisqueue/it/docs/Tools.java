// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.ra.testing.TestCertificate;

/** The programs that the pages call, set up for the Redis and the WildFly of the test. */
final class Tools {

    /** The command line. */
    static final Path CLI = Path.of(System.getProperty("cli.jar", "cli.jar")).toAbsolutePath();

    private static final List<String> PROGRAMS = List.of("bash", "basenc", "curl", "python3", "zip");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String QUICK = JAVA + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto ";

    private Tools() {}

    /** Writes the programs, and returns the environment of the shell that finds them. */
    static Map<String, String> install(Path directory, ShopRedis redis) throws IOException {
        Path programs = Files.createDirectories(directory.resolve("programs"));
        write(
                programs.resolve("redis-cli"),
                QUICK + "-cp '" + System.getProperty("java.class.path") + "' " + RedisCli.class.getName() + " "
                        + redis.server().port() + " \"$@\"");
        // A check waits for the longest lease twice; here, there is no lease. The reader ends top with Ctrl-C.
        write(programs.resolve("redis-queue"), """
                case $1 in
                  check) set -- "$@" --pause 0s ;;
                  top) set -- "$@" --times 1 ;;
                esac
                exec %s -Djavax.net.ssl.trustStore='%s' -Djavax.net.ssl.trustStorePassword=%s -Duser.name=olga -jar '%s' "$@"
                """.formatted(QUICK, redis.trustStore(), TestCertificate.PASSWORD, CLI));
        // The reader types the password of olga.
        write(programs.resolve("curl"), """
                for argument; do
                  shift
                  [ "$argument" != olga ] || argument=olga:a-password
                  set -- "$@" "$argument"
                done
                exec '%s' --silent --show-error --fail-with-body "$@"
                """.formatted(find("curl").orElseThrow()));
        Files.writeString(programs.resolve("redis.py"), Resources.text(Tools.class, "redis.py"));
        return Map.of(
                "PATH",
                programs + File.pathSeparator + System.getenv("PATH"),
                "JAVA_HOME",
                System.getProperty("java.home"),
                "JBOSS_HOME",
                directory.resolve("opt/wildfly").toString(),
                "LC_ALL",
                "C.UTF-8",
                "PYTHONPATH",
                programs.toString(),
                "REDIS_PASSWORD",
                "the-password",
                "REDIS_QUEUE_ADDRESSES",
                redis.server().address());
    }

    /** The programs that the pages call and that are not installed. */
    static List<String> missing() {
        return PROGRAMS.stream().filter(program -> find(program).isEmpty()).toList();
    }

    /** An installed program. */
    private static Optional<Path> find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void write(Path program, String text) throws IOException {
        Files.writeString(program, "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
