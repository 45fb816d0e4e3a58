// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bill of materials (CycloneDX) that is released with the archive. */
class BillOfMaterialsIT {

    private static final Path ARCHIVE = Path.of("target/redis-queue.rar");
    private static final Path BILL = Path.of("target/bom.json");

    /** The archive itself has the type rar. */
    private static final Pattern JAR =
            Pattern.compile("\"purl\"\\s*:\\s*\"pkg:maven/[^/]+/([^@]+)@([^?\"]+)\\?type=jar\"");

    @Test
    void listsExactlyTheContentsOfTheArchive() throws IOException {
        Set<String> listed = new TreeSet<>();
        JAR.matcher(Files.readString(BILL))
                .results()
                .forEach(jar -> listed.add(jar.group(1) + "-" + jar.group(2) + ".jar"));
        Set<String> packaged = new TreeSet<>();
        try (JarFile archive = new JarFile(ARCHIVE.toFile())) {
            archive.stream()
                    .map(entry -> entry.getName().replaceFirst(".*/", ""))
                    .filter(name -> name.endsWith(".jar"))
                    .forEach(packaged::add);
        }

        assertThat(packaged).anyMatch(name -> name.startsWith("redisson-"));
        assertThat(listed).isEqualTo(packaged);
    }

    @Test
    void containsLicensesAndHashes() throws IOException {
        assertThat(Files.readString(BILL))
                .contains("\"bomFormat\" : \"CycloneDX\"", "\"specVersion\" : \"1.6\"", "SHA-256", "Apache-2.0");
    }
}
