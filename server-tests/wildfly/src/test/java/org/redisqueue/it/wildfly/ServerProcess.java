// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The JVM of the application server, inspected with {@code jcmd}. */
public final class ServerProcess {

    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

    private final long id;

    ServerProcess(long id) {
        this.id = id;
    }

    /**
     * The class loaders of deployments with this name prefix, and of their modules, after a full garbage collection. Objects with
     * finalizers or cleaners may need a further collection.
     */
    public List<String> classLoadersOf(String deployment) {
        call("GC.run");
        return call("VM.classloaders", "fold=false").stream()
                .map(line -> line.replaceFirst("^[ |+-]*", ""))
                .filter(line -> line.startsWith("\"deployment." + deployment))
                .toList();
    }

    /** Writes a heap dump of reachable objects, to find references to a class loader. */
    public void dumpHeap(Path file) {
        call("GC.heap_dump", "-overwrite", file.toAbsolutePath().toString());
    }

    private List<String> call(String... command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Stream.concat(Stream.of(JCMD.toString(), Long.toString(id)), Stream.of(command))
                                    .toList())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
            return output.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
