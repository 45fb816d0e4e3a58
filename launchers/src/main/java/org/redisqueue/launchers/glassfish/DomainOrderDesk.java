// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.glassfish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.redisqueue.launchers.database.Database;
import org.redisqueue.launchers.database.H2;
import org.redisqueue.launchers.database.TransactionLogFiles;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;

/** The order desk on Payara or GlassFish, in its own domain. */
public final class DomainOrderDesk extends OrderDeskServer {

    private static final String SCRIPT = "order-desk.asadmin";

    /** The messages that the server logs if a deployed application cannot be started or restarted. */
    private static final List<String> FAILURES =
            List.of("Exception while loading the app", "Exception while deploying the app");

    /** Payara rarely logs this after it was killed: while it recovers transactions, a pool of an application is not bound. */
    private static final String UNBOUND_POOL = "This pool is not bound in JNDI";

    private static final List<ServerUser> USERS = List.of(ServerUser.OPERATOR);

    private final Domain domain;
    private boolean isDeployed;

    /** Whether the domain knows the password of this run. */
    private boolean hasPassword;

    public DomainOrderDesk(String name, Installation installation) {
        super(name, installation);
        this.domain = new Domain(installation.home(), installation.directory());
    }

    /** Creates the domain, unless a previous run did so with the same script and the same archive. */
    @Override
    protected void configure() throws IOException, InterruptedException {
        isDeployed = Files.exists(deployedArchive())
                && Files.mismatch(deployedArchive(), installation.archive()) == -1
                && Files.exists(appliedScript())
                && Files.readString(appliedScript()).equals(script());
        if (!isDeployed) {
            Files.deleteIfExists(deployedArchive());
            domain.create();
            if (!Domain.includesH2(installation.home())) {
                Files.copy(H2.jar(), driver());
            }
        }
        domain.configure(installation.httpPort(), "order-desk", transactionLog());
    }

    @Override
    protected List<String> command() throws IOException {
        try {
            var options = new ArrayList<>(installation.redis().options());
            // When GlassFish starts, it validates the connection factory of an EAR before binding it.
            options.add("-Ddeployment.resource.validation=false");
            return domain.command(options);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    protected void deploy(Process process) throws IOException, InterruptedException {
        if (isDeployed && hasPassword) {
            return;
        }
        domain.awaitRunning(process);
        if (isDeployed) {
            domain.updateUsers(USERS);
        } else {
            deploy();
        }
        hasPassword = true;
    }

    private void deploy() throws IOException, InterruptedException {
        domain.createUsers(USERS);
        domain.runScript(script());
        domain.administer(
                "deploy",
                "--name",
                "order-desk",
                installation.archive().toAbsolutePath().toString());
        Files.writeString(appliedScript(), script());
        Files.copy(installation.archive(), deployedArchive());
    }

    private static String script() throws IOException {
        return Resources.text(DomainOrderDesk.class, SCRIPT);
    }

    private Path appliedScript() {
        return domain.directory().resolve("applied.asadmin");
    }

    private Path deployedArchive() {
        return domain.directory().resolve("deployed.ear");
    }

    @Override
    protected boolean hasFailed() throws IOException {
        var output = output();
        return FAILURES.stream().anyMatch(output::contains);
    }

    @Override
    protected boolean hasFailedByChance() throws IOException {
        return output().contains(UNBOUND_POOL);
    }

    private String output() throws IOException {
        return Files.readString(log(), StandardCharsets.ISO_8859_1);
    }

    @Override
    protected Database database() {
        return new Database(
                installation.directory().resolve("order-desk"), driver(), new TransactionLogFiles(transactionLog()));
    }

    private Path driver() {
        return Domain.includesH2(installation.home())
                ? Domain.includedH2(installation.home())
                : domain.directory().resolve("lib/h2.jar");
    }

    private Path transactionLog() {
        return installation.directory().resolve("transactions");
    }
}
