// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.wildfly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The JVM that the application server runs in, as {@code jcmd} of its JDK shows it. */
public final class ServerProcess {

    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

    private final long id;

    ServerProcess(long id) {
        this.id = id;
    }

    /**
     * The class loaders of deployments whose name begins so, those of their modules as well, that are there after a
     * full garbage collection. What only just became garbage may need another one, after finalizers and cleaners ran.
     */
    public List<String> classLoadersOf(String deployment) {
        call("GC.run");
        return call("VM.classloaders", "fold=false").stream()
                .map(line -> line.replaceFirst("^[ |+-]*", ""))
                .filter(line -> line.startsWith("\"deployment." + deployment))
                .toList();
    }

    /** Writes what is reachable in the heap, for a look at what holds a class loader. */
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
