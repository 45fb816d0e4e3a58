// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.micro;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.redisqueue.launchers.database.Database;
import org.redisqueue.launchers.database.TransactionLogFiles;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;

/** The order desk on Payara Micro: the web archive of the EAR, with the resource adapter deployed next to it. */
public final class MicroOrderDesk extends OrderDeskServer {

    private static final String ADAPTER = "redis-queue.rar";
    private static final String WEB = "order-desk-web.war";

    private final MicroInstance instance;

    public MicroOrderDesk(String name, Installation installation) {
        super(name, installation);
        this.instance = new MicroInstance(installation.home(), installation.directory());
    }

    @Override
    protected void configure() throws IOException {
        copyWebArchive(installation.archive(), file(WEB));
        copyModule(installation.archive(), ADAPTER, file(ADAPTER));
        instance.configure(file(ADAPTER), installation.redis().addresses());
    }

    /**
     * Copies the web archive of the order desk, moves it to the root context, and binds it to the separately deployed
     * adapter.
     */
    public static void copyWebArchive(Path ear, Path target) throws IOException {
        copyModule(ear, WEB, target);
        try (var web = FileSystems.newFileSystem(target);
                var descriptor = MicroOrderDesk.class.getResourceAsStream("glassfish-web.xml")) {
            Files.copy(descriptor, web.getPath("WEB-INF/glassfish-web.xml"), StandardCopyOption.REPLACE_EXISTING);
            var beans = web.getPath("WEB-INF/glassfish-ejb-jar.xml");
            Files.writeString(beans, Files.readString(beans).replace("order-desk#redis-queue", "redis-queue"));
        }
    }

    private static void copyModule(Path ear, String module, Path target) throws IOException {
        try (var modules = FileSystems.newFileSystem(ear)) {
            Files.copy(modules.getPath(module), target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path file(String name) {
        return installation.directory().resolve(name);
    }

    @Override
    protected List<String> command() {
        return instance.command(installation.httpPort(), List.of(), List.of(file(WEB)));
    }

    /** Returns false: this server does not deploy the EAR, which contains the console. */
    @Override
    protected boolean hasConsole() {
        return false;
    }

    @Override
    protected boolean hasFailed() throws IOException {
        return Files.readString(log(), StandardCharsets.ISO_8859_1).contains("Exception while deploying the app");
    }

    @Override
    protected Database database() throws IOException {
        return new Database(instance.database(), instance.driver(), new TransactionLogFiles(instance.transactions()));
    }
}
