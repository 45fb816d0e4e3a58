// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.process;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A place in the code of a server where its JVM is halted, or its process stopped, once it was {@linkplain #PROPERTY armed}
 * and gets there.
 */
public enum FaultPoint {
    /** The message is claimed; the listener was not called yet. */
    AFTER_CLAIM("org.redisqueue.ra.inbound.Worker", "deliver", "ENTRY"),
    /** The listener has done its work, in the database and in the next queue, and has not returned yet. */
    IN_LISTENER("org.redisqueue.it.reliability.app.BookingListener", "book", "EXIT"),
    /** The application has done its work outside of any listener, and has not committed yet. */
    IN_APPLICATION("org.redisqueue.it.reliability.app.OrderServlet", "order", "EXIT"),
    BEFORE_PREPARE("com.arjuna.ats.arjuna.coordinator.BasicAction", "prepare", "ENTRY"),
    BEFORE_PREPARE_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "prepare", "ENTRY"),
    AFTER_PREPARE_SCRIPT("org.redisqueue.ra.transaction.Branch", "prepare", "EXIT"),
    BEFORE_DATABASE_PREPARE("org.postgresql.xa.PGXAConnection", "prepare", "ENTRY"),
    AFTER_DATABASE_PREPARE("org.postgresql.xa.PGXAConnection", "prepare", "EXIT"),
    /** The decision to commit is in the log of the transaction manager. */
    AFTER_LOG("com.arjuna.ats.arjuna.coordinator.BasicAction", "phase2Commit", "ENTRY"),
    BEFORE_COMMIT_SCRIPT("org.redisqueue.ra.transaction.Branch", "commitPrepared", "ENTRY"),
    AFTER_COMMIT_SCRIPT("org.redisqueue.ra.transaction.Branch", "commitPrepared", "EXIT"),
    BEFORE_DATABASE_COMMIT("org.postgresql.xa.PGXAConnection", "commit", "ENTRY"),
    AFTER_DATABASE_COMMIT("org.postgresql.xa.PGXAConnection", "commit", "EXIT"),
    /** In one phase. */
    BEFORE_ACKNOWLEDGE_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "acknowledge", "ENTRY"),
    AFTER_ACKNOWLEDGE_SCRIPT("org.redisqueue.ra.transaction.Branch", "commitInOnePhase", "EXIT"),
    BEFORE_ROLLBACK("org.redisqueue.ra.transaction.RedisXAResource", "rollback", "ENTRY"),
    AFTER_ROLLBACK("org.redisqueue.ra.transaction.RedisXAResource", "rollback", "EXIT"),
    /** Of a branch that was prepared. */
    BEFORE_ROLLBACK_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "rollback", "ENTRY"),
    /** The transaction is rolled back; when its message is due again was not said yet. */
    BEFORE_REDELIVER_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "redeliver", "ENTRY"),
    AFTER_RECOVERY_LISTED("org.redisqueue.ra.transaction.ResourceManager", "recover", "EXIT"),
    BEFORE_RECOVERED_COMMIT("org.redisqueue.ra.transaction.ResourceManager", "commitRecovered", "ENTRY"),
    AFTER_RECOVERED_COMMIT("org.redisqueue.ra.transaction.ResourceManager", "commitRecovered", "EXIT"),
    BEFORE_RECOVERED_ROLLBACK("org.redisqueue.ra.transaction.ResourceManager", "rollbackRecovered", "ENTRY"),
    AFTER_RECOVERED_ROLLBACK("org.redisqueue.ra.transaction.ResourceManager", "rollbackRecovered", "EXIT");

    /** What happens at the point. */
    public enum Fault {
        /** The JVM ends at once, without any cleaning up. */
        HALT("killJVM()"),
        /** The process stands still, as in a long pause of its machine; what comes then is not disturbed. */
        FREEZE(
                "java.lang.System.clearProperty(\"" + PROPERTY + "\");"
                        + " java.lang.Runtime.getRuntime().exec(\"kill -STOP \" + java.lang.ProcessHandle.current().pid()).waitFor()");

        private final String action;

        Fault(String action) {
            this.action = action;
        }
    }

    /** The system property of a server that arms a point: {@link #armed}. */
    public static final String PROPERTY = "reliability.fault";

    private final String type;
    private final String method;
    private final String location;

    FaultPoint(String type, String method, String location) {
        this.type = type;
        this.method = method;
        this.location = location;
    }

    /** The value of the property that has this fault happen at this point. */
    public String armed(Fault fault) {
        return fault + " " + this;
    }

    /** A script for Byteman with all points. */
    static String script() {
        return Arrays.stream(values())
                .flatMap(point -> Arrays.stream(Fault.values()).map(point::rule))
                .collect(Collectors.joining("\n"));
    }

    private String rule(Fault fault) {
        return """
                RULE %1$s
                CLASS %2$s
                METHOD %3$s
                AT %4$s
                IF "%1$s".equals(java.lang.System.getProperty("%5$s"))
                DO %6$s
                ENDRULE
                """.formatted(armed(fault), type, method, location, PROPERTY, fault.action);
    }
}
