// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The order desk on Payara or GlassFish, in a domain of its own. */
final class DomainDesk extends OrderDeskServer {

    private static final String SCRIPT = "order-desk.asadmin";

    /** What the log says if an application that is deployed cannot be started again. */
    private static final List<String> FAILURES =
            List.of("Exception while loading the app", "Exception while deploying the app");

    private final String name;
    private final Domain domain;
    private boolean isDeployed;

    private DomainDesk(String name, Installation installation) {
        super(installation);
        this.name = name;
        this.domain = new Domain(installation.home(), installation.directory());
    }

    static OrderDeskServer payara(Installation installation) {
        return new DomainDesk("Payara", installation);
    }

    static OrderDeskServer glassFish(Installation installation) {
        return new DomainDesk("GlassFish", installation);
    }

    @Override
    public String name() {
        return name;
    }

    /** Makes the domain, unless an earlier run made it by the same script and deployed the same archive. */
    @Override
    protected void configure() throws IOException, InterruptedException {
        isDeployed = Files.exists(deployedArchive())
                && Files.mismatch(deployedArchive(), installation.archive()) == -1
                && Files.exists(appliedScript())
                && Files.readString(appliedScript()).equals(script());
        if (!isDeployed) {
            Files.deleteIfExists(deployedArchive());
            domain.create();
            if (!ownDriver().equals(driver())) {
                Files.copy(ownDriver(), driver());
            }
        }
        domain.configure(installation.httpPort(), "order-desk", transactionLog());
    }

    @Override
    protected List<String> command() throws IOException {
        try {
            return domain.command(List.of(
                    "-Dredisqueue.addresses=" + installation.redisUrl(),
                    // GlassFish validates at a start what it has not bound yet: the connection factory of an EAR.
                    "-Ddeployment.resource.validation=false"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    protected void deploy(Process process) throws IOException, InterruptedException {
        if (isDeployed) {
            return;
        }
        domain.awaitRunning(process);
        domain.administerBy(script());
        domain.administer(
                "deploy",
                "--name",
                "order-desk",
                installation.archive().toAbsolutePath().toString());
        Files.writeString(appliedScript(), script());
        Files.copy(installation.archive(), deployedArchive());
    }

    private static String script() throws IOException {
        try (var in = DomainDesk.class.getResourceAsStream(SCRIPT)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path appliedScript() {
        return domain.directory().resolve("applied.asadmin");
    }

    private Path deployedArchive() {
        return domain.directory().resolve("deployed.ear");
    }

    @Override
    protected boolean hasFailed() throws IOException {
        var said = Files.readString(log(), StandardCharsets.ISO_8859_1);
        return FAILURES.stream().anyMatch(said::contains);
    }

    @Override
    protected Database database() {
        return new Database(
                installation.directory().resolve("order-desk"), driver(), new TransactionLogFiles(transactionLog()));
    }

    /** Payara has an H2 of its own. */
    private Path driver() {
        var payaras = installation.home().resolve("h2db/bin/h2.jar");
        return Files.exists(payaras) ? payaras : domain.directory().resolve("lib/h2.jar");
    }

    private Path ownDriver() {
        if (Files.exists(installation.home().resolve("h2db"))) {
            return driver();
        }
        return H2.jar();
    }

    private Path transactionLog() {
        return installation.directory().resolve("transactions");
    }
}
