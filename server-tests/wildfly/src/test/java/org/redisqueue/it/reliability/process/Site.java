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
import org.redisqueue.it.database.PostgreSql;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.wildfly.WildFlyInstance;

/** An application on WildFly servers that share a database. Each server is a copy of a template. */
public final class Site {

    /** How the servers commit transactions. */
    public enum Setup {
        /** With an XA data source, and a transaction log in files. */
        XA,
        /** With an XA data source, and a transaction log in the database. */
        LOG_IN_DATABASE,
        /** With a commit-markable data source, and a transaction log in files. */
        COMMIT_MARKABLE;

        /** The commands of the management CLI after those that all setups have in common. */
        private String commands() throws IOException {
            return switch (this) {
                case XA -> "";
                case LOG_IN_DATABASE -> Resources.text(Site.class, "transaction-log.cli");
                case COMMIT_MARKABLE -> CommitMarkable.commands();
            };
        }
    }

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
     * @param setup how the servers commit transactions
     */
    public static Site install(EnterpriseArchive application, PostgreSql database, Setup setup) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "sites"));
            Path directory = Files.createTempDirectory(parent, "site-").toAbsolutePath();
            Site site = new Site(directory, database);
            File archive = directory.resolve(application.getName()).toFile();
            application.as(ZipExporter.class).exportTo(archive);
            site.addDriver();
            if (setup == Setup.COMMIT_MARKABLE) {
                database.execute(CommitMarkable.table());
            }
            site.configure(Map.of("application", archive.toString(), "setup", setup.commands()));
            return site;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Creates the module of the database driver. The transaction log cannot use a driver that is deployed. */
    private void addDriver() throws IOException {
        Path module = Files.createDirectories(modules().resolve("org/postgresql/main"));
        Files.writeString(module.resolve("module.xml"), Resources.text(Site.class, "module.xml"));
        Files.copy(jarOf(org.postgresql.Driver.class), module.resolve("postgresql.jar"));
    }

    private Path modules() {
        return directory.resolve("modules");
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
        return node(name, name, properties);
    }

    /** A server that has not been started, on a different machine than an earlier server with the same name. */
    public Node successor(String name, Map<String, String> properties) {
        return node(name, name + "-successor", properties);
    }

    private Node node(String name, String machine, Map<String, String> properties) {
        Path base = directory.resolve(machine);
        copy(directory.resolve("template"), base);
        return new Node(name, new WildFlyInstance(HOME, base), modules(), database.port(), properties);
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
