// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;

/** The server under test has no password, and is not reachable from other machines. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
class LoopbackIT {

    private static final Path PROCESS = Path.of("/proc/self");
    private static final String LISTENING = "0A";

    /** 127.0.0.0/8, the IPv6 notation of these addresses, and ::1, in the byte order of {@code /proc}. */
    private static final Pattern LOOPBACK = Pattern.compile("(0000000000000000FFFF0000)?[0-9A-F]{6}7F|0{24}01000000");

    @Deployment
    static WebArchive application() {
        return Archives.with(LoopbackIT.class, Archives.war(Beans.of(Archives.STANDALONE)));
    }

    @Test
    void serverListensOnlyOnTheLoopbackInterface() throws IOException {
        assumeTrue(Files.exists(PROCESS), "Linux only");

        List<String> listening = listening();

        assertThat(listening).as("listening sockets").isNotEmpty().allMatch(LOOPBACK.asMatchPredicate());
    }

    /** The local addresses of the listening sockets of this process. */
    private static List<String> listening() throws IOException {
        Set<String> own = inodes();
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            if (Files.exists(PROCESS.resolve(table))) {
                for (String line : Files.readAllLines(PROCESS.resolve(table))) {
                    String[] columns = line.strip().split("\\s+");
                    if (columns[3].equals(LISTENING) && own.contains(columns[9])) {
                        addresses.add(columns[1].substring(0, columns[1].indexOf(':')));
                    }
                }
            }
        }
        return addresses;
    }

    private static Set<String> inodes() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(PROCESS.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (IOException e) {
                    continue; // closed in the meantime
                }
            }
        }
        return inodes;
    }
}
