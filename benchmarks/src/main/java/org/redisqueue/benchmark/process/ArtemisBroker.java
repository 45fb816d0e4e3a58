// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;

/**
 * The main class of a broker process. It reads commands from its standard input, one per line, and answers each with a line.
 * Unlike the broker in WildFly, it requires no password.
 */
public final class ArtemisBroker {

    private static final long UNPAGED = 2L << 30;

    /** As in WildFly. By default, a broker blocks its senders while more than 90% of the disk is in use. */
    private static final int MAX_DISK_USAGE = 100;

    private static final Logger AUDIT = Logger.getLogger("org.apache.activemq.audit");

    private ArtemisBroker() {}

    /** Arguments: the data directory and the port. */
    public static void main(String[] arguments) throws Exception {
        AUDIT.setLevel(Level.OFF); // as in WildFly
        Path data = Path.of(arguments[0]);
        Configuration configuration = new ConfigurationImpl()
                .setSecurityEnabled(false)
                .setPersistenceEnabled(true)
                .setJournalType(LibaioContext.isLoaded() ? JournalType.ASYNCIO : JournalType.NIO)
                .setJournalDirectory(data.resolve("journal").toString())
                .setBindingsDirectory(data.resolve("bindings").toString())
                .setLargeMessagesDirectory(data.resolve("large").toString())
                .setPagingDirectory(data.resolve("paging").toString())
                .setMaxDiskUsage(MAX_DISK_USAGE)
                .addAddressSetting("#", new AddressSettings().setMaxSizeBytes(UNPAGED))
                .addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + arguments[1]);
        EmbeddedActiveMQ broker =
                new EmbeddedActiveMQ().setConfiguration(configuration).start();
        System.out.println("started " + (LibaioContext.isLoaded() ? "AIO" : "NIO"));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            execute(broker, line.split(" "));
            System.out.println("done");
        }
        broker.stop();
        System.exit(0);
    }

    private static void execute(EmbeddedActiveMQ broker, String... command) throws IOException {
        Queue queue = broker.getActiveMQServer().locateQueue(SimpleString.of(command[1]));
        if (queue == null) {
            return; // not used yet
        }
        switch (command[0]) {
            case "pause" -> queue.pause();
            case "resume" -> queue.resume();
            case "clear" -> clear(queue);
            default -> throw new IOException(command[0]);
        }
    }

    private static void clear(Queue queue) throws IOException {
        try {
            queue.deleteAllReferences();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
