// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The names of all keys. The queue is the hash tag, so that the keys of one queue share a slot of a Redis Cluster.
 *
 * @param prefix what all of them begin with
 */
public record Keys(String prefix) {

    String queues() {
        return prefix + ":queues";
    }

    /** The receipt of the last call of a lane that serves all queues. */
    String lane(String name) {
        return prefix + ":lane:" + name;
    }

    /** The receipt of the last call of a lane in the slot of a queue. */
    String lane(String queue, String name) {
        return of(queue, "lane:") + name;
    }

    String messagePrefix(String queue) {
        return of(queue, "message:");
    }

    String message(String queue, String id) {
        return of(queue, "message:") + id;
    }

    /** What a prepared branch is going to send. */
    String staged(String queue, String branch, String id) {
        return of(queue, "staged:") + branch + ":" + id;
    }

    String ready(String queue) {
        return of(queue, "ready");
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

    /** When messages with a time to live expire; negative while they are in processing. */
    String expiry(String queue) {
        return of(queue, "expiry");
    }

    String prepared(String queue) {
        return of(queue, "prepared");
    }

    /** How a branch ended, for an hour. */
    String ended(String home, String branch) {
        return of(home, "ended:") + branch;
    }

    String paused(String queue) {
        return of(queue, "paused");
    }

    private String of(String queue, String name) {
        return prefix + ":{" + queue + "}:" + name;
    }
}
