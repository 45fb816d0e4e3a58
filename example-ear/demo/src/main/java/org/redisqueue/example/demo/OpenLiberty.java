// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/** The order desk on Open Liberty. */
final class OpenLiberty extends OrderDeskServer {

    private static final String SERVER = "order-desk";

    /** Started with an exception, not started, not there, not started again. */
    private static final Pattern FAILED = Pattern.compile("CWWKZ0002E|CWWKZ0012I|CWWKZ0013E|CWWKZ0014W|CWWKZ0004E");

    OpenLiberty(Installation installation) {
        super(installation);
    }

    @Override
    public String name() {
        return "Open Liberty";
    }

    /** The only server of the user directory: its configuration, its log of transactions and the database. */
    private Path server() {
        return installation.directory().resolve("servers").resolve(SERVER);
    }

    @Override
    protected void configure() throws IOException {
        Files.createDirectories(server());
        try (var in = OpenLiberty.class.getResourceAsStream("liberty.xml")) {
            Files.copy(in, server().resolve("server.xml"), StandardCopyOption.REPLACE_EXISTING);
        }
        var variables = new Properties();
        variables.setProperty("desk.port", "" + installation.httpPort());
        variables.setProperty("desk.redis", installation.redisUrl().toString());
        variables.setProperty(
                "desk.archive",
                installation.archive().toAbsolutePath().normalize().toString());
        variables.setProperty("desk.database", database().file().toString());
        variables.setProperty("desk.h2", H2.jar().toString());
        try (var out = Files.newOutputStream(server().resolve("bootstrap.properties"))) {
            variables.store(out, null);
        }
    }

    /**
     * The script of the server becomes the server by exec. It takes the adapter in the archive for one that it has
     * unpacked before if their times are the same, as in a reproducible build they are: so it is told to forget.
     */
    @Override
    protected List<String> command() {
        return List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "WLP_USER_DIR=" + installation.directory(),
                "sh",
                installation.home().resolve("bin/server").toString(),
                "run",
                SERVER,
                "--clean");
    }

    @Override
    protected boolean hasFailed() throws IOException {
        return FAILED.matcher(Files.readString(log(), StandardCharsets.ISO_8859_1))
                .find();
    }

    @Override
    protected Database database() {
        return new Database(
                server().resolve("order-desk"), H2.jar(), new TransactionLogFiles(server().resolve("tranlog")));
    }
}
