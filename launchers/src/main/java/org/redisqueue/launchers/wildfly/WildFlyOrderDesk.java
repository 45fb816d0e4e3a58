// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.wildfly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.redisqueue.launchers.database.Database;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;

/** The order desk on WildFly. */
public final class WildFlyOrderDesk extends OrderDeskServer {

    private static final String SCRIPT = "order-desk.cli";
    private static final int UID_LENGTH = 2 * Long.BYTES + 3 * Integer.BYTES;

    private final WildFlyInstance instance;

    public WildFlyOrderDesk(String name, Installation installation) {
        super(name, installation);
        this.instance = new WildFlyInstance(installation.home(), installation.directory());
    }

    /** Creates the base directory from WildFly's own, unless a previous run did so with the same script. */
    @Override
    protected void configure() throws IOException, InterruptedException {
        var script = Resources.text(WildFlyOrderDesk.class, SCRIPT);
        var applied = instance.configuration().resolve(SCRIPT);
        if (!Files.exists(applied) || !Files.readString(applied).equals(script)) {
            instance.copyConfiguration();
            var running = Files.writeString(instance.configuration().resolve(SCRIPT + ".running"), script);
            instance.configure(running, log());
            Files.move(running, applied, StandardCopyOption.REPLACE_EXISTING);
        }
        ApplicationUsers.write(instance.configuration(), List.of(ServerUser.OPERATOR));
        copyArchive();
    }

    /** Copies the EAR to the directory that WildFly scans, and deletes the files of previous runs. */
    private void copyArchive() throws IOException {
        var deployments = Files.createDirectories(instance.base().resolve("deployments"));
        try (var old = Files.newDirectoryStream(deployments)) {
            for (var file : old) {
                Files.delete(file);
            }
        }
        Files.copy(
                installation.archive(),
                deployments.resolve(installation.archive().getFileName()));
    }

    @Override
    protected List<String> command() {
        var command = instance.command(installation.httpPort())
                .addJavaOption("-Dorg.wildfly.sigterm.suspend.timeout=" + DRAIN_SECONDS)
                .addServerArguments(installation.redis().options());
        WildFlyInstance.addRecovery(command, "order-desk");
        return command.build();
    }

    @Override
    protected boolean hasFailed() {
        return Files.exists(instance.base()
                .resolve("deployments")
                .resolve(installation.archive().getFileName() + ".failed"));
    }

    @Override
    protected Database database() throws IOException {
        var module = instance.home().resolve("modules/system/layers/base/com/h2database/h2/main");
        try (var jars = Files.newDirectoryStream(module, "h2-*.jar")) {
            var data = instance.base().resolve("data");
            return new Database(data.resolve("order-desk"), jars.iterator().next(), this::hasLogged);
        }
    }

    /**
     * Returns whether the log contains the transaction. Each transaction has a log file that is named after its uid in
     * hexadecimal. A global id starts with the uid: two longs and three ints.
     */
    private boolean hasLogged(byte[] globalId) throws IOException {
        var log = instance.base().resolve("data/tx-object-store");
        if (!Files.exists(log) || globalId.length < UID_LENGTH) {
            return false;
        }
        var uid = ByteBuffer.wrap(globalId);
        var name = String.join(
                "_",
                Long.toString(uid.getLong(), 16),
                Long.toString(uid.getLong(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16));
        try (var files = Files.walk(log)) {
            return files.filter(Files::isRegularFile)
                    .anyMatch(file -> file.getFileName().toString().equals(name));
        }
    }
}
