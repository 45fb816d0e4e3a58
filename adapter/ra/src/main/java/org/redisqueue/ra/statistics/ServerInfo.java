// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What identifies this process for operators.
 *
 * @param started when the adapter was started, in milliseconds since 1970
 */
public record ServerInfo(String host, long pid, String applicationServer, String version, long started) {

    /** Describes this process. May look up the name of the host, which blocks. */
    public static ServerInfo of(long started) {
        return new ServerInfo(
                hostName(),
                ProcessHandle.current().pid(),
                ApplicationServer.describe(),
                AdapterVersion.read(),
                started);
    }

    private static String hostName() {
        return Stream.<@Nullable String>of(System.getenv("HOSTNAME"), System.getenv("COMPUTERNAME"))
                .filter(Objects::nonNull)
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElseGet(ServerInfo::lookedUp);
    }

    private static String lookedUp() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /**
     * Describes this process in a heartbeat.
     *
     * @param unrouted how many messages it has published to topics without bindings
     */
    String json(boolean stopped, long unrouted) {
        JsonObject json = new JsonObject()
                .put("host", host)
                .put("pid", pid)
                .put("applicationServer", applicationServer)
                .put("version", version)
                .put("started", started)
                .put("stopped", stopped);
        if (unrouted > 0) {
            json.put("unrouted", unrouted);
        }
        return json.toString();
    }
}
