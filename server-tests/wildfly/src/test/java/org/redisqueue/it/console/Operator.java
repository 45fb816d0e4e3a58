// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.InDoubtBranch.Decision;

/** A person who uses one front end. The methods return what this front end shows. */
interface Operator extends AutoCloseable {

    /** The beginning of the name that the audit records. */
    String actor();

    /** How the audit describes this front end. */
    String via();

    /** The first dead letter whose reason contains a text. */
    Letter findPoison(String queue, String reason);

    void editBody(String queue, String id, String body);

    /** Requeues one dead letter and waits for the end of the job. */
    Progress requeue(String queue, String id);

    /**
     * Requeues the dead letters whose reason contains a text, and waits for the end of the job.
     *
     * @param watcher receives the progress, as often as this front end shows it
     */
    Progress requeueAll(String queue, String reason, Consumer<Progress> watcher);

    void pause(String queue, Duration duration);

    void resume(String queue);

    QueueView queue(String queue);

    /** The messages that consumers hold. */
    List<HeldMessage> held(String queue);

    List<Server> servers();

    List<Branch> inDoubt();

    /** Decides a branch even if it is young. */
    void decide(String xid, Decision decision);

    /** Moves a dead letter to another queue and waits for the end of the job. */
    Progress move(String queue, String id, String target);

    /** Deletes a queue with all of its messages and waits for the end of the job. */
    Progress deleteQueue(String queue);

    /** @param pause the time between the passes, in whole seconds */
    List<Damage> check(String queue, Duration pause);

    /**
     * Checks a queue and repairs what was found.
     *
     * @param pause the time between the passes, in whole seconds
     */
    Repair repair(String queue, Duration pause);

    /** The latest entries, the latest first. */
    List<Entry> audit();

    @Override
    default void close() {}

    /** A dead letter with its body. */
    record Letter(String id, String reason, String body) {}

    /** The progress of a job, or its result. */
    record Progress(boolean ended, long done, long total) {}

    /**
     * The figures of a queue.
     *
     * @param pausedUntil null unless the queue is paused for a limited time
     */
    record QueueView(String name, long ready, long delivering, long dead, boolean paused, Instant pausedUntil) {}

    /** A claimed message, and who holds it since when. */
    record HeldMessage(String id, String server, String host, String listener, Instant since) {}

    /** A server, whose last heartbeat tells its state. */
    record Server(String id, String host, long pid, boolean alive, boolean stopped, List<Listener> listeners) {}

    /**
     * A listener of a server.
     *
     * @param oldestDeliverySince null if there is no delivery
     */
    record Listener(String name, String queue, int active, Instant oldestDeliverySince) {}

    /**
     * A prepared branch.
     *
     * @param consumed the ids of the messages that it has consumed
     */
    record Branch(String xid, String queue, String owner, List<String> consumed) {}

    /**
     * A finding of a check.
     *
     * @param id null if the damage concerns the queue
     */
    record Damage(Finding.Kind kind, String queue, String id, boolean repairable) {}

    /** What a repair has repaired, and what remains. */
    record Repair(List<Damage> repaired, List<Damage> remaining) {}

    /**
     * An entry of the audit.
     *
     * @param queue null if the operation does not concern a single queue
     */
    record Entry(String actor, String via, String action, String queue) {}
}
