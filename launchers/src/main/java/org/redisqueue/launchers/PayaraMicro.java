// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.redisqueue.launchers.micro.MicroOrderDesk;
import org.redisqueue.launchers.micro.MicroServer;
import org.redisqueue.launchers.server.DeployingServer;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.Limitation;
import org.redisqueue.launchers.server.OrderDeskServer;

/** Payara Micro, whose installation is a single JAR. It does not deploy EARs. */
record PayaraMicro(String id, String name) implements ApplicationServer {

    private static final String NO_EAR = "Payara Micro runs no EARs (\"" + MicroServer.EAR_REFUSED + "\")";

    @Override
    public OrderDeskServer orderDesk(Installation installation) {
        return new MicroOrderDesk(name(), installation);
    }

    @Override
    public Optional<DeployingServer> forTests(Path home, Path directory) {
        return Optional.of(new MicroServer(home, directory));
    }

    @Override
    public Path orderDeskArchive(Path ear, Path directory) throws IOException {
        var war = directory.resolve("example.war");
        MicroOrderDesk.copyWebArchive(ear, war);
        return war;
    }

    @Override
    public List<Limitation> limitations() {
        return List.of(
                new Limitation(
                        "decidedDeliveryIsCommitted",
                        "all is settled",
                        "Payara Micro recovers before its boot commands have created the connection pools"),
                new Limitation("beansInEarConsumeAndSendThroughItsAdapter", MicroServer.EAR_REFUSED, NO_EAR),
                new Limitation(
                        "listenerInWarConsumesWithTheExtensionInTheLibrariesOfItsEar", MicroServer.EAR_REFUSED, NO_EAR),
                new Limitation(
                        "ManagementBeansIT.beansExistWhileTheAdapterIsDeployed", MicroServer.EAR_REFUSED, NO_EAR),
                new Limitation("ManagementBeansIT.queueIsPausedAndResumed", MicroServer.EAR_REFUSED, NO_EAR));
    }
}
