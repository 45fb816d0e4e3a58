// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.redisqueue.it.server.Archives;

/** What stands on the pages for the addresses and directories of the reader, and for what an earlier command has printed. */
final class Placeholders {

    private static final Pattern ELISION = Pattern.compile("[^\\s\"'=,()|>]*…[^\\s\"',()|]*");
    private static final Pattern FIELD = Pattern.compile("<(\\w+)>");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Pattern names;
    private String printed = "";

    Placeholders(Path directory, WildFlyHome wildFly, ShopRedis redis) {
        values.put("/opt/wildfly", wildFly.directory().toString());
        values.put("rediss://redis.example.com:6379", "rediss://127.0.0.1:" + redis.tlsPort());
        values.put("redis.example.com:6379", "127.0.0.1:" + redis.server().port());
        values.put("port=6379", "port=" + redis.server().port());
        values.put("localhost:8080", "localhost:" + wildFly.httpPort());
        values.put("localhost:9990", "localhost:" + wildFly.managementPort());
        values.put("adapter/rar/target/redis-queue.rar", Archives.RAR.getAbsolutePath());
        values.put("redis-queue-ra-<version>.jar", adapterJar());
        values.put("console/target/redis-queue-console.war", Archives.CONSOLE.getAbsolutePath());
        values.put("/opt/redis-queue/redis-queue-cli.jar", Tools.CLI.toString());
        values.put("adapter/rar/src/", Page.ROOT.resolve("adapter/rar/src") + "/");
        values.put("/tmp/", directory + "/");
        values.put("/path/to/", directory + "/");
        names = Pattern.compile(values.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }

    /** The JAR of the adapter, which is also in the archive. */
    private static String adapterJar() {
        try (Stream<Path> files = Files.list(Page.ROOT.resolve("adapter/ra/target"))) {
            return files.map(Path::toString)
                    .filter(file -> file.matches(".*/redis-queue-ra-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the output of a command, to which later commands may refer. */
    void remember(String output) {
        printed = output + printed;
    }

    /** Replaces the addresses and directories. */
    String fill(String text) {
        return names.matcher(text).replaceAll(name -> Matcher.quoteReplacement(values.get(name.group())));
    }

    /**
     * Completes a command with what was printed before: words that the page shortens with {@code …}, and fields of JSON,
     * such as {@code <job>}.
     */
    String complete(String command) {
        String filled = FIELD.matcher(command).replaceAll(field -> {
            Matcher value = Pattern.compile("\"" + field.group(1) + "\" ?: ?\"([^\"]*)\"")
                    .matcher(printed);
            return Matcher.quoteReplacement(value.find() ? value.group(1) : field.group());
        });
        return ELISION.matcher(filled).replaceAll(elision -> {
            String[] parts = elision.group().split("…", 2);
            Matcher word = Pattern.compile(Pattern.quote(parts[0]) + "[^\\s\"']+?" + Pattern.quote(parts[1]))
                    .matcher(printed);
            return Matcher.quoteReplacement(word.find() ? word.group() : elision.group());
        });
    }
}
