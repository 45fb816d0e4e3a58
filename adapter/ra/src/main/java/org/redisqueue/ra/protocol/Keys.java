// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Optional;

/**
 * The names of the Redis keys. The queue name is the hash tag, so that all keys of a queue share a slot of a Redis
 * Cluster. A queue name can itself begin with a hash tag in braces: Redis then hashes the inner opening brace and the tag.
 *
 * @param prefix the prefix of every key
 */
public record Keys(String prefix) {

    /** Whether the keys of two queues share a slot of a cluster, other than by chance. */
    static boolean shareSlot(String queue, String other) {
        return queue.equals(other)
                || queue.startsWith("{") && other.startsWith(queue.substring(0, queue.indexOf('}') + 1));
    }

    String queues() {
        return prefix + ":queues";
    }

    /** The names of the queues that have had an outbox. */
    String outboxes() {
        return prefix + ":outboxes";
    }

    /** Held by the process that forwards what others have left in outboxes. */
    String forwarder() {
        return prefix + ":forwarder";
    }

    /** The version of the protocol. */
    String version() {
        return prefix + ":version";
    }

    /** The names of the topics that queues are bound to. */
    String topics() {
        return prefix + ":topics";
    }

    /** The names of the queues that are bound to a topic. */
    String bindings(String topic) {
        return of(topic, "bindings");
    }

    /** The stream of the changes that operators have requested. */
    String audit() {
        return prefix + ":audit";
    }

    /** The servers that send heartbeats. The hash tag cannot be the name of a queue. */
    String servers() {
        return of("/", "servers");
    }

    /** The last heartbeat of a server. */
    String server(String id) {
        return of("/", "server:") + id;
    }

    /** A key that never exists, in the slot of this key of a queue; empty for a key that belongs to no queue. */
    static Optional<String> absentBeside(String key) {
        int end = key.indexOf("}:");
        return end < 0 ? Optional.empty() : Optional.of(key.substring(0, end) + "}:absent");
    }

    /** The key of a lane that serves all queues. It holds the receipt of the last call. */
    String lane(String name) {
        return prefix + ":lane:" + name;
    }

    /** The key of a lane in the slot of a queue. It holds the receipt of the last call. */
    String lane(String queue, String name) {
        return of(queue, "lane:") + name;
    }

    String messagePrefix(String queue) {
        return of(queue, "message:");
    }

    String message(String queue, String id) {
        return of(queue, "message:") + id;
    }

    /** The key of a message that a prepared branch is going to send. */
    String staged(String queue, String branch, String id) {
        return of(queue, "staged:") + branch + ":" + id;
    }

    String stagedPrefix(String queue) {
        return of(queue, "staged:");
    }

    String ready(String queue) {
        return of(queue, "ready");
    }

    /** The ready messages that a wait has taken from {@link #ready} to wake one consumer. */
    String arrived(String queue) {
        return of(queue, "arrived");
    }

    /** The key of the times at which scheduled messages become due. */
    String scheduled(String queue) {
        return of(queue, "scheduled");
    }

    /** The message that was published with a deduplication key; expires when the window ends. */
    String dedup(String queue, String deduplicationKey) {
        return of(queue, "dedup:") + deduplicationKey;
    }

    /** States that the envelope with this id was forwarded to a queue. */
    String forwarded(String queue, String envelope) {
        return of(queue, "forwarded:") + envelope;
    }

    /** The messages that wait until others of their groups have ended. */
    String waiting(String queue) {
        return of(queue, "waiting");
    }

    /** The ready messages with a priority. */
    String prioritized(String queue) {
        return of(queue, "prioritized");
    }

    /** The message of each group that may be delivered. */
    String heads(String queue) {
        return of(queue, "heads");
    }

    /** The groups and priorities of messages, with their sequence numbers. */
    String attributes(String queue) {
        return of(queue, "attributes");
    }

    /** The last sequence number of a message with a group or a priority. */
    String sequence(String queue) {
        return of(queue, "sequence");
    }

    /** The settings that apply to all servers. */
    String settings(String queue) {
        return of(queue, "settings");
    }

    /** The time up to which messages were claimed under the rate limit. */
    String rate(String queue) {
        return of(queue, "rate");
    }

    /** The entries of processing that consumers hold, if the concurrency is limited. */
    String slots(String queue) {
        return of(queue, "slots");
    }

    /** The servers that set a timer for the next scheduled message. */
    String watchers(String queue) {
        return of(queue, "watchers");
    }

    String processing(String queue) {
        return of(queue, "processing");
    }

    String dead(String queue) {
        return of(queue, "dead");
    }

    String failures(String queue) {
        return of(queue, "failures");
    }

    String abandoned(String queue) {
        return of(queue, "abandoned");
    }

    String errors(String queue) {
        return of(queue, "errors");
    }

    /**
     * The key of the times at which messages with a time to live expire; negative while the message is in processing.
     */
    String expiry(String queue) {
        return of(queue, "expiry");
    }

    String prepared(String queue) {
        return of(queue, "prepared");
    }

    /** The key that states for an hour how a prepared branch ended. */
    String ended(String home, String branch) {
        return of(home, "ended:") + branch;
    }

    String paused(String queue) {
        return of(queue, "paused");
    }

    /** The progress of an operation on many messages; kept for a day. */
    String job(String queue, String name) {
        return of(queue, "job:") + name;
    }

    /** Counters of the deliveries that ended in each minute of a day. */
    String history(String queue, long epochDay) {
        return of(queue, "history:") + epochDay;
    }

    private String of(String queue, String name) {
        return prefix + ":{" + queue + "}:" + name;
    }
}
