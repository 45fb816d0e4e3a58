// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.wildfly.WildFlyInstance;

/** An application on WildFly servers that share a database. Each server is a copy of a template. */
public final class Site {

    private static final Path HOME = Path.of(System.getProperty("server.home"));
    private static final String SCRIPT = "configure-node.cli";

    private final Path directory;
    private final PostgreSql database;

    private Site(Path directory, PostgreSql database) {
        this.directory = directory;
        this.database = database;
    }

    /**
     * Installs the application on the template.
     *
     * @param application the application to deploy
     * @param database the database, bound to {@code java:jboss/datasources/Bookings}
     */
    public static Site install(EnterpriseArchive application, PostgreSql database) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "sites"));
            Path directory = Files.createTempDirectory(parent, "site-").toAbsolutePath();
            Site site = new Site(directory, database);
            File archive = directory.resolve(application.getName()).toFile();
            application.as(ZipExporter.class).exportTo(archive);
            site.configure(Map.of(
                    "driver", jarOf(org.postgresql.Driver.class).toString(),
                    "application", archive.toString()));
            return site;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void configure(Map<String, String> values) throws IOException, InterruptedException {
        String script = Resources.text(Site.class, SCRIPT);
        for (Map.Entry<String, String> value : values.entrySet()) {
            script = script.replace("@" + value.getKey() + "@", value.getValue());
        }
        WildFlyInstance template = new WildFlyInstance(HOME, directory.resolve("template"));
        template.copyConfiguration();
        template.configure(Files.writeString(directory.resolve(SCRIPT), script), directory.resolve("cli.log"));
    }

    /** A server with this name, which has not been started. */
    public Node node(String name, Map<String, String> properties) {
        Path base = directory.resolve(name);
        copy(directory.resolve("template"), base);
        return new Node(name, new WildFlyInstance(HOME, base), database.port(), properties);
    }

    static Path jarOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().getPath());
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
