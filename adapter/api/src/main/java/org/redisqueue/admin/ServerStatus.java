// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource adapter in an application server, as described in its heartbeats. It is listed until one day after its last
 * heartbeat.
 *
 * @param id identifies this run of the adapter; a restarted adapter has a different id
 * @param host the host name
 * @param pid the process id
 * @param applicationServer the product and version of the application server
 * @param version the version of the resource adapter
 * @param started when the adapter was started, according to the clock of its host
 * @param lastHeartbeat the time of the last heartbeat, according to the Redis clock
 * @param alive whether the last heartbeat is at most 20 seconds old, and the adapter has not been stopped
 * @param stopped whether the adapter was stopped in an orderly way
 * @param unrouted the number of messages that were published to topics without bindings since the adapter was started
 * @param listeners the listeners of the server
 */
public record ServerStatus(
        String id,
        String host,
        long pid,
        String applicationServer,
        String version,
        Instant started,
        Instant lastHeartbeat,
        boolean alive,
        boolean stopped,
        long unrouted,
        List<Listener> listeners) {

    /**
     * Creates a status and copies the list.
     *
     * @param id see {@link #id()}
     * @param host see {@link #host()}
     * @param pid see {@link #pid()}
     * @param applicationServer see {@link #applicationServer()}
     * @param version see {@link #version()}
     * @param started see {@link #started()}
     * @param lastHeartbeat see {@link #lastHeartbeat()}
     * @param alive see {@link #alive()}
     * @param stopped see {@link #stopped()}
     * @param unrouted see {@link #unrouted()}
     * @param listeners see {@link #listeners()}
     */
    public ServerStatus {
        listeners = List.copyOf(listeners);
    }

    /**
     * A listener of a server.
     *
     * @param name the name of the listener
     * @param queue the queue that it consumes
     * @param concurrency the maximum number of messages in delivery at the same time
     * @param active the number of messages in delivery
     * @param oldestDeliverySince the start of the oldest delivery in progress; null if there is none. A time in the
     *     distant past indicates a hanging listener
     * @param delivered the number of acknowledged deliveries since the adapter was started
     * @param failed the number of deliveries that were rolled back since the adapter was started
     * @param deadLettered the number of messages that were dead-lettered since the adapter was started
     * @param lastFailure why the last failed delivery failed; null if none has failed
     * @param lastFailureAt when that delivery failed; null if none has failed
     * @param paused whether the listener or its queue is paused
     * @param breakerOpen whether the circuit breaker of the listener is open, because its deliveries keep failing
     * @param connected whether the listener can reach Redis
     */
    public record Listener(
            String name,
            String queue,
            int concurrency,
            int active,
            @Nullable Instant oldestDeliverySince,
            long delivered,
            long failed,
            long deadLettered,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureAt,
            boolean paused,
            boolean breakerOpen,
            boolean connected) {}
}
