// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** The distribution of a server's execution samples, recorded by JDK Flight Recorder. */
final class Profile {

    private static final String NAME = "benchmark";

    /** The layers by package prefix. A sample belongs to the first layer found, starting at the innermost call. */
    private static final Map<String, String> LAYERS = new LinkedHashMap<>();

    static {
        LAYERS.put("org.redisson", "Redisson");
        LAYERS.put("io.netty", "Netty");
        LAYERS.put("org.redisqueue", "adapter");
        LAYERS.put("org.apache.activemq", "Artemis");
        LAYERS.put("com.arjuna", "Narayana");
        LAYERS.put("org.wildfly.transaction", "transaction client");
        LAYERS.put("org.jboss.jca", "IronJacamar");
        LAYERS.put("org.h2", "H2");
        LAYERS.put("org.jboss", "EJB container and other parts of WildFly");
        LAYERS.put("org.wildfly", "EJB container and other parts of WildFly");
        LAYERS.put("", "other");
    }

    private final long pid;
    private final Path file;

    private Profile(long pid, Path file) {
        this.pid = pid;
        this.file = file;
    }

    static Profile begin(long pid, Path directory, String name) {
        Path file = directory.resolve(name + ".jfr").toAbsolutePath();
        jcmd(pid, "JFR.start", "name=" + NAME, "settings=profile");
        return new Profile(pid, file);
    }

    /** The percentage of samples in each layer, in descending order. */
    String end() {
        jcmd(pid, "JFR.stop", "name=" + NAME, "filename=" + file);
        Map<String, Integer> samples = new LinkedHashMap<>();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                RecordedStackTrace stack = event.getStackTrace();
                if (event.getEventType().getName().equals("jdk.ExecutionSample") && stack != null) {
                    samples.merge(layer(stack), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        double all = samples.values().stream().mapToInt(Integer::intValue).sum();
        return samples.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(layer -> String.format(Locale.ROOT, "%s %.0f %%", layer.getKey(), 100 * layer.getValue() / all))
                .collect(Collectors.joining(", ", (int) all + " samples of Java code: ", ""));
    }

    private static String layer(RecordedStackTrace stack) {
        for (RecordedFrame frame : stack.getFrames()) {
            String type = frame.getMethod().getType().getName();
            for (Map.Entry<String, String> layer : LAYERS.entrySet()) {
                if (!layer.getKey().isEmpty() && type.startsWith(layer.getKey())) {
                    return layer.getValue();
                }
            }
        }
        return Objects.requireNonNull(LAYERS.get(""), "other");
    }

    private static void jcmd(long pid, String... command) {
        try {
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
            words.add(Long.toString(pid));
            words.addAll(List.of(command));
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", words) + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
