// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.liberty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.redisqueue.launchers.database.Database;
import org.redisqueue.launchers.database.H2;
import org.redisqueue.launchers.database.TransactionLogFiles;
import org.redisqueue.launchers.redis.RedisAddress;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;

/** The order desk on Open Liberty. */
public final class LibertyOrderDesk extends OrderDeskServer {

    private static final String SERVER = "order-desk";

    /** The message ids for an application that failed, is missing, or could not be restarted. */
    private static final Pattern FAILED = Pattern.compile("CWWKZ0002E|CWWKZ0012I|CWWKZ0013E|CWWKZ0014W|CWWKZ0004E");

    public LibertyOrderDesk(String name, Installation installation) {
        super(name, installation);
    }

    /** The server directory, which contains the configuration, the transaction log and the database. */
    private Path server() {
        return installation.directory().resolve("servers").resolve(SERVER);
    }

    @Override
    protected void configure() throws IOException {
        Files.createDirectories(server());
        try (var in = LibertyOrderDesk.class.getResourceAsStream("order-desk.xml")) {
            Files.copy(in, server().resolve("server.xml"), StandardCopyOption.REPLACE_EXISTING);
        }
        var variables = new Properties();
        variables.setProperty("desk.port", "" + installation.httpPort());
        variables.setProperty("desk.redis", installation.redis().addresses());
        variables.setProperty("desk.redis.mode", installation.redis().mode());
        variables.setProperty("desk.redis.master", RedisAddress.MASTER_NAME);
        variables.setProperty("desk.redis.replicas", "" + installation.redis().waitReplicas());
        variables.setProperty(
                "desk.archive",
                installation.archive().toAbsolutePath().normalize().toString());
        variables.setProperty("desk.database", database().file().toString());
        variables.setProperty("desk.h2", H2.jar().toString());
        variables.setProperty("desk.operator", ServerUser.OPERATOR.userName());
        variables.setProperty("desk.operators", ServerUser.OPERATOR.group());
        variables.setProperty("desk.password", ServerUser.password());
        var file = Files.createTempFile(server(), "bootstrap", ""); // readable only by its owner
        try (var out = Files.newOutputStream(file)) {
            variables.store(out, null);
        }
        Files.move(file, server().resolve("bootstrap.properties"), StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * The script replaces itself with the server by exec. The server would reuse the unpacked adapter of a previous archive
     * if both have the same timestamp, which is always the case in a reproducible build; {@code --clean} prevents this.
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
