// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The operations for operators on the queues of one Redis, by subject. They do not use lanes and are not sent again. */
public final class AdminOperations {

    private final OverviewOperations overview;
    private final MessageOperations messages;
    private final JobOperations jobs;
    private final BranchAdminOperations branches;
    private final HeartbeatOperations heartbeats;
    private final ConsistencyOperations consistency;
    private final AuditOperations audit;

    AdminOperations(RedisCalls calls, SentQueues sent) {
        this.overview = new OverviewOperations(calls);
        this.messages = new MessageOperations(calls);
        this.jobs = new JobOperations(calls);
        this.branches = new BranchAdminOperations(calls);
        this.heartbeats = new HeartbeatOperations(calls, sent);
        this.consistency = new ConsistencyOperations(calls);
        this.audit = new AuditOperations(calls);
    }

    /** Reads the state of queues: how many messages are in each place, pauses, and the history of deliveries. */
    public OverviewOperations overview() {
        return overview;
    }

    /** Reads and changes single messages. */
    public MessageOperations messages() {
        return messages;
    }

    /** Changes many messages in steps that do not block Redis. */
    public JobOperations jobs() {
        return jobs;
    }

    /** Reads the records of prepared branches. */
    public BranchAdminOperations branches() {
        return branches;
    }

    /** Writes and reads the heartbeats of servers. */
    public HeartbeatOperations heartbeats() {
        return heartbeats;
    }

    /** Finds and repairs damaged queues. */
    public ConsistencyOperations consistency() {
        return consistency;
    }

    /** Writes and reads the audit. */
    public AuditOperations audit() {
        return audit;
    }
}
