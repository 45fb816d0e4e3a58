// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.process;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A place in the code of a server at which its JVM is halted or its process is frozen, if the point is
 * {@linkplain #PROPERTY armed}.
 */
public enum FaultPoint {
    /** After the claim, before the call of the listener. */
    AFTER_CLAIM("org.redisqueue.ra.inbound.Worker", "deliver", "ENTRY"),
    /** After the work of the listener in the database and in the next queue, before it returns. */
    IN_LISTENER("org.redisqueue.it.reliability.app.BookingListener", "book", "EXIT"),
    /** After work of the application outside of any listener, before the commit. */
    IN_APPLICATION("org.redisqueue.it.reliability.app.OrderServlet", "order", "EXIT"),
    BEFORE_PREPARE("com.arjuna.ats.arjuna.coordinator.BasicAction", "prepare", "ENTRY"),
    BEFORE_PREPARE_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "prepare", "ENTRY"),
    AFTER_PREPARE_SCRIPT("org.redisqueue.ra.transaction.Branch", "prepare", "EXIT"),
    BEFORE_DATABASE_PREPARE("org.postgresql.xa.PGXAConnection", "prepare", "ENTRY"),
    AFTER_DATABASE_PREPARE("org.postgresql.xa.PGXAConnection", "prepare", "EXIT"),
    /** After the transaction manager has logged the decision to commit. */
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
    /** The second phase of a prepared branch. */
    BEFORE_ROLLBACK_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "rollback", "ENTRY"),
    /** After the rollback, before the redelivery is scheduled. */
    BEFORE_REDELIVER_SCRIPT("org.redisqueue.ra.protocol.QueueOperations", "redeliver", "ENTRY"),
    AFTER_RECOVERY_LISTED("org.redisqueue.ra.transaction.ResourceManager", "recover", "EXIT"),
    BEFORE_RECOVERED_COMMIT("org.redisqueue.ra.transaction.ResourceManager", "commitRecovered", "ENTRY"),
    AFTER_RECOVERED_COMMIT("org.redisqueue.ra.transaction.ResourceManager", "commitRecovered", "EXIT"),
    BEFORE_RECOVERED_ROLLBACK("org.redisqueue.ra.transaction.ResourceManager", "rollbackRecovered", "ENTRY"),
    AFTER_RECOVERED_ROLLBACK("org.redisqueue.ra.transaction.ResourceManager", "rollbackRecovered", "EXIT");

    /** The effect at a fault point. */
    public enum Fault {
        /** The JVM ends immediately, without cleanup. */
        HALT("killJVM()"),
        /**
         * The process freezes, as in a long pause of its machine. The point is then disarmed. On a busy machine, threads
         * may run for a while after the signal: the delay keeps this one from passing the point before it stops.
         */
        FREEZE("java.lang.System.clearProperty(\"" + PROPERTY + "\");"
                + " java.lang.Runtime.getRuntime().exec(\"kill -STOP \" + java.lang.ProcessHandle.current().pid()).waitFor();"
                + " delay(2000)");

        private final String action;

        Fault(String action) {
            this.action = action;
        }
    }

    /** The system property of a server that arms a fault point; see {@link #armed}. */
    public static final String PROPERTY = "reliability.fault";

    private final String type;
    private final String method;
    private final String location;

    FaultPoint(String type, String method, String location) {
        this.type = type;
        this.method = method;
        this.location = location;
    }

    /** The value of the property that arms this point with this fault. */
    public String armed(Fault fault) {
        return fault + " " + this;
    }

    /** A Byteman script with all fault points. */
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
