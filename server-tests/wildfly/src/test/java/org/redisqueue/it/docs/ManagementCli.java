// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The commands of {@code jboss-cli.sh --connect}, in one session: a process for each block would take too long. */
final class ManagementCli implements AutoCloseable {

    private static final String FACTORY = "org.jboss.as.cli.CommandContextFactory";
    private static final String CONFIGURATION = "org.jboss.as.cli.impl.CommandContextConfiguration$Builder";

    /** A restart may take longer than the five seconds for which the CLI waits by default. */
    private static final int RESTART_MILLIS = 120_000;

    /** The server has begun to start, but does not accept operations yet. */
    private static final String BOOTING = "WFLYCTL0379";

    private static final String CONTEXT = "org.jboss.as.cli.CommandContext";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ClassLoader classes;
    private final Class<?> type;
    private final Object context;

    /** Connects to the server whose management interface has this port. */
    ManagementCli(Path home, int port) {
        try {
            classes = new URLClassLoader(
                    new URL[] {
                        home.resolve("bin/client/jboss-cli-client.jar").toUri().toURL()
                    },
                    ClassLoader.getPlatformClassLoader());
            type = classes.loadClass(CONTEXT);
            context = inCli(() -> {
                Class<?> configuration = classes.loadClass(CONFIGURATION);
                Object builder = configuration.getConstructor().newInstance();
                configuration
                        .getMethod("setController", String.class)
                        .invoke(builder, "remote+http://127.0.0.1:" + port);
                configuration.getMethod("setConsoleOutput", OutputStream.class).invoke(builder, printed);
                configuration.getMethod("setConnectionTimeout", int.class).invoke(builder, RESTART_MILLIS);
                Object configured = configuration.getMethod("build").invoke(builder);
                Class<?> factory = classes.loadClass(FACTORY);
                return factory.getMethod("newCommandContext", configured.getClass())
                        .invoke(factory.getMethod("getInstance").invoke(null), configured);
            });
            call("connectController");
        } catch (MalformedURLException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs the lines of a block.
     *
     * @return what they print
     * @throws IllegalStateException with the explanation of the CLI if a command fails
     */
    String run(String block) {
        printed.reset();
        for (String line : lines(block)) {
            handle(line);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Runs a line; after a restart, as soon as the server accepts it. */
    private void handle(String line) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RESTART_MILLIS);
        while (true) {
            try {
                inCli(() -> type.getMethod("handle", String.class).invoke(context, line));
                return;
            } catch (IllegalStateException e) {
                if (!String.valueOf(e.getMessage()).contains(BOOTING) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    /** A backslash at the end of a line joins it with the next one. */
    private static List<String> lines(String block) {
        return block.replaceAll("\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private void call(String method) {
        inCli(() -> type.getMethod(method).invoke(context));
    }

    @FunctionalInterface
    private interface Call {
        Object get() throws ReflectiveOperationException;
    }

    private Object inCli(Call call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes);
        try {
            return call.get();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Disconnects. Its classes stay: the CLI still needs them when the JVM ends. */
    @Override
    public void close() {
        call("terminateSession");
    }
}
