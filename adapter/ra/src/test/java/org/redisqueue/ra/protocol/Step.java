// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * What may happen next. Numbers stand for consumers, queues, ids and branches; a pick is taken modulo what there is to
 * pick from. Where {@code again} is true the same call is made twice, as after a lost reply.
 */
sealed interface Step {

    /**
     * A message to send.
     *
     * @param queue the number of the queue; {@link Simulation#QUEUES} = it is published to the topic
     * @param later whether it is scheduled
     * @param key 0 to 3 = it has no deduplication key, 4 and 5 = it is dropped if another message has its key, 6 and 7
     *     = it causes a rollback
     */
    record Message(int queue, int id, boolean later, int key) {

        static final int KEYS = 8;

        Message to(int number) {
            return new Message(number, id, later, key);
        }
    }

    /** Sends ids of the test's own, some of them in use. */
    record Send(int queue, List<Integer> ids, boolean later, boolean again) implements Step {}

    /** Binds a queue to the topic. */
    record Bind(int queue) implements Step {}

    record Unbind(int queue) implements Step {}

    /** Cancels a message that may be scheduled. */
    record Cancel(int queue, int id, boolean again) implements Step {}

    /** A scheduled message becomes due. */
    record TimeComes(int queue, int pick) implements Step {}

    /** A producer without the adapter: SET and LPUSH in one MULTI, of an id that is new. */
    record Produce(int queue) implements Step {}

    /** A producer without the adapter that runs the script of the acknowledgment, for a message with options. */
    record ProduceWithOptions(Message message) implements Step {}

    record Claim(int consumer, int queue, int limit) implements Step {}

    /** Renews all leases that the consumer believes it holds. */
    record Renew(int consumer, int queue) implements Step {}

    record Acknowledge(int consumer, List<Integer> picks, List<Message> sent, boolean again) implements Step {}

    /**
     * The circuit breaker of a consumer opens.
     *
     * @param waiting whether the message waits for its redelivery; otherwise, the consumer holds it
     * @param counted how many failures the message is expected to have
     * @param remaining how many it has afterwards
     */
    record TakeBack(int consumer, int queue, int pick, boolean waiting, int counted, int remaining, boolean again)
            implements Step {}

    record Redeliver(int consumer, int pick, int maxDeliveries, boolean again) implements Step {}

    record Release(int consumer, int queue, List<Integer> picks, boolean again) implements Step {}

    /** The reply to a wait is on its way: it has moved an id, or a wake-up without a message. */
    record Arrive(int queue) implements Step {}

    /** A consumer that was woken cannot claim. */
    record PassOn(int queue) implements Step {}

    record Prepare(int consumer, int branch, List<Integer> picks, List<Message> sent, boolean again) implements Step {}

    record Commit(int branch, boolean again) implements Step {}

    /** Rolls back for a consumer that is alive, or has died. */
    record Rollback(int branch, boolean consumerIsGone, boolean again) implements Step {}

    record Forget(int branch, boolean again) implements Step {}

    /** A consumer dies, and its leases are forgotten. */
    record Crash(int consumer) implements Step {}

    /** The windows of the deduplication keys of a queue end. */
    record WindowsEnd(int queue) implements Step {}

    /** The lease or the delay of a message ends. */
    record TimePasses(int queue, int pick) implements Step {}

    /** The next transmissions of calls, or their replies, are lost. */
    record Lose(List<FaultyTransport.Fault> faults) implements Step {}

    /** A duplicate of a request arrives, possibly after a long delay. */
    record Duplicate(int pick) implements Step {}

    /** Delayed requests arrive too late to be executed, and no receipts remain. */
    record ReceiptsExpire() implements Step {}

    /** The replica stops receiving changes. */
    record ReplicaFallsBehind() implements Step {}

    /** The replica becomes the master: now, or before the reply to the next call, which is then retried. */
    record Failover(boolean duringNextCall) implements Step {}

    // What operators do

    sealed interface OfOperator extends Step {}

    /**
     * The limits of a queue change.
     *
     * @param most how many messages consumers may hold; 0 = any number
     * @param slow whether one message may be claimed in an hour
     */
    record Limit(int queue, int most, boolean slow) implements OfOperator {}

    /** From now on, groups wait for their dead letters, or do not. */
    record Block(int queue, boolean blocks) implements OfOperator {}

    record Pause(int queue, boolean paused) implements OfOperator {}

    enum Change {
        REQUEUE,
        DELETE,
        MOVE
    }

    /** Changes a dead letter, or moves it to the next queue. */
    record ChangeLetter(int queue, int pick, Change change) implements OfOperator {}

    /** Deletes a message that may exist. */
    record Delete(int queue, int id) implements OfOperator {}

    /** Moves ready messages to the next queue: those that a job considers first, or those with these ids. */
    record Move(int queue, int limit, boolean byId) implements OfOperator {}

    /** Deletes messages that wait or, if there are none, ready ones. */
    record Purge(int queue, int limit) implements OfOperator {}

    /** Checks a queue for damage. */
    record Examine(int queue) implements OfOperator {}
}
