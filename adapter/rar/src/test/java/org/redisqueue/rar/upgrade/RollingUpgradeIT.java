// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.redisqueue.ra.testing.TestRedis;

/**
 * Servers are replaced one after the other, under load: one has stopped, and one has died in doubt. With the archive
 * {@code -Dupgrade.rar}, this is an upgrade from that archive to the one of this build, and then a return. Without it, all
 * servers have the archive of this build.
 */
class RollingUpgradeIT {

    private static final Path BUILT = Path.of("target/redis-queue.rar");
    private static final Path OTHER = Path.of(System.getProperty("upgrade.rar", BUILT.toString()));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How many messages each server must process before something happens to one of them. */
    private static final int PORTION = 100;

    private final List<ServerProcess> all = new ArrayList<>();
    private TestRedis redis;

    @BeforeEach
    void startRedis() {
        redis = TestRedis.start();
    }

    @AfterEach
    void stop() {
        all.forEach(ServerProcess::kill);
        redis.close();
    }

    @Test
    void replacementNeitherLosesNorRepeatsMessages() throws IOException {
        replace(OTHER, BUILT);
    }

    @Test
    @EnabledIfSystemProperty(named = "upgrade.rar", matches = ".+")
    void returnToThePreviousArchiveNeitherLosesNorRepeatsMessages() throws IOException {
        replace(BUILT, OTHER);
    }

    private void replace(Path before, Path after) throws IOException {
        ServerProcess first = start("first", before);
        ServerProcess second = start("second", before);
        work(first, second);

        first.stop();
        ServerProcess third = start("first", after);
        work(third, second);

        second.dieInDoubt();
        assertThat(branchesOf("second")).as("prepared by the archive before").isNotEmpty();
        ServerProcess fourth = start("second", after);
        work(third, fourth);

        third.stopSending();
        fourth.stopSending();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(size("LLEN", "ready")
                                + size("LLEN", "arrived")
                                + size("ZCARD", "processing")
                                + size("HLEN", "prepared"))
                        .isZero());
        Set<String> sent = new TreeSet<>();
        all.forEach(server -> sent.addAll(server.sent()));
        List<String> results = results();
        System.out.printf("%s, then %s: %d messages sent, %d results%n", before, after, sent.size(), results.size());
        assertThat(results).doesNotHaveDuplicates();
        assertThat(results).containsAll(sent); // and some of which the killed server did not learn that they were sent
        assertThat(size("ZCARD", "dead")).isZero();
    }

    private ServerProcess start(String name, Path archive) throws IOException {
        ServerProcess server = ServerProcess.start(name, archive, redis.address());
        all.add(server);
        return server;
    }

    /** Waits until each server has processed and sent a number of messages. */
    private static void work(ServerProcess... servers) {
        for (ServerProcess server : servers) {
            int processed = server.processed().size();
            int sent = server.sent().size();
            await(server.toString()).atMost(PATIENCE).untilAsserted(() -> {
                assertThat(server.processed()).hasSizeGreaterThan(processed + PORTION);
                assertThat(server.sent()).hasSizeGreaterThan(sent + PORTION);
            });
        }
    }

    /** The prepared branches of a server: their names contain, in hexadecimal, that of the server. */
    private List<?> branchesOf(String server) {
        String name = HexFormat.of().formatHex(server.getBytes(StandardCharsets.US_ASCII));
        return ((List<?>) redis.call("HKEYS", "rq:{orders}:prepared"))
                .stream().filter(branch -> branch.toString().contains(name)).toList();
    }

    private long size(String command, String key) {
        return (Long) redis.call(command, "rq:{orders}:" + key);
    }

    private List<String> results() {
        List<String> bodies = new ArrayList<>();
        for (Object id : (List<?>) redis.call("LRANGE", "rq:{results}:ready", "0", "-1")) {
            String message = (String) redis.call("GET", "rq:{results}:message:" + id);
            bodies.add(message.substring(message.lastIndexOf('\n') + 1));
        }
        return bodies;
    }
}
