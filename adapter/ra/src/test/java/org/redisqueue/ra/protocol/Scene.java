// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A call of each script that has an effect, on queues in which it meets every case that the script distinguishes. */
enum Scene {
    ACKNOWLEDGE(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(
                    onePhase("q1"),
                    onePhase("q2"),
                    messages("q1:h1 q1:h3 q1:h9 q1:h4 q2:h5"),
                    messages("q1:n1 q1:r1 q1:exp1 q2:n2")),
            words("2 4 5 4", "4 3 1 1", "h1_t1 h3_t2 h9_t9 h4_t2 h5_t5", "n1 r1 exp1 n2", "600000 0 0 0"),
            words("value-n1 value-r1-again value-exp1-again value-n2"),
            words("2 2 1 5 1 4", "1 2 2 2 3", "1 0 3", "1 0 4"))),
    ACKNOWLEDGE_USUAL(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q3"), onePhase("q4"), messages("q3:h6 q3:h7 q4:h8 q3:n1 q4:n2")),
            words("2 2 3 2", "2 1 1 1", "h6_t6 h7_t7 h8_t8", "n1 n2", "0 0", "value-n1 value-n2"),
            words("2 1 1 3 1", "1 1 2 2"))),
    ACKNOWLEDGE_KEYED(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q12"), onePhase("q1"), messages("q12:h10 q12:n1 q12:n2 q12:n3 q12:r9 q12:n4 q1:n5")),
            words("2 4 1 6", "1 5 0 1", "h10_t10", "n1 n2 n3 r9 n4 n5"),
            List.of("0 " + keyed("new", false), "600000 " + keyed("kept", false), "0 " + keyed("kept", true)),
            List.of("0 " + keyed("newer", true), "0 " + keyed("reserved", false), "0 " + keyed("void", true)),
            words("value-n1 value-n2 value-n3 value-r9-again value-n4 value-n5"),
            words("1 2 1 1 2", "0 1 3", "0 2 4 5", "0 1 6"))),
    CONSUME_ONLY(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q1"), messages("q1:h1 q1:h2")),
            words("1 2 2 0", "2 0", "h1_t1 h2_t1", "1 0 1", "1 0 2"))),
    CONSUME_ONE_EACH(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q1"), messages("q1:h1 q1:h9 q1:h2")),
            words("1 3 3 0", "3 0", "h1_t1 h9_t9 h2_t1"))),
    SEND_EXPIRING(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q1"), onePhase("q3"), messages("q1:n1 q1:exp1 q3:n2")),
            words("2 1 0 3", "0 2 0 1", "n1 exp1 n2", "600000 600000 0", "value-n1 value-exp2 value-n2"),
            words("0 3 1 2 3"))),
    SEND_SCHEDULED(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q9"), onePhase("q6"), messages("q9:n1 q9:e1 q9:e2 q9:e3 q9:s1 q6:n2")),
            words("2 1 0 6", "0 5 0 1", "n1 e1 e2 e3 s1 n2", "600000_{\"delay\":600000} 0_{\"at\":4000000000000}"),
            words("0_{\"delay\":600000} 0_{\"delay\":600000} 0_{\"delay\":600000} 0_{\"at\":1000}"),
            words("value-n1 value-e1-again value-e2-again value-e3-again value-s1-again value-n2"),
            words("0 6 1 2 3 4 5 6"))),
    SEND_ONE(() -> numbered(Script.SEND, send("q1", "q1:n1"), words("n1", "value-n1"))),
    SEND_NEW(() -> numbered(Script.SEND, send("q1", "q1:n1 q1:n2"), words("n1 n2", "value-n1 value-n2"))),
    SEND_SOME(() -> numbered(
            Script.SEND,
            send("q1", "q1:n1 q1:r1 q1:exp1 q1:n1"),
            words("n1 r1 exp1 n1", "value-n1 value-r1-again value-exp1-again value-n1-again"))),
    PREPARE(() -> numbered(
            Script.PREPARE,
            keys(
                    words("rq:queues"),
                    words("rq:{q1}:prepared rq:{q1}:processing rq:{q2}:processing"),
                    words("rq:{q1}:ready rq:{q1}:staged:br5:n1 rq:{q2}:ready rq:{q2}:staged:br5:n2"),
                    words("rq:{q1}:prepared rq:{q1}:processing"),
                    words("rq:{q5}:prepared rq:{q5}:ready rq:{q5}:staged:br7:n3"),
                    words("rq:{q1}:prepared rq:{q1}:processing")),
            words("1 4", "br5 q1 2 2 q1 h1 t1 q2 h5 t5 q1 n1 600000 value-n1 q2 n2 0 value-n2"),
            words("br6 q1 1 0 q1 h3 t2", "br7 q5 0 1 q5 n3 0 value-n3", "br8 q1 1 0 q1 h9 t9"))),
    PREPARE_USUAL(() -> numbered(
            Script.PREPARE,
            keys(words("rq:queues rq:{q3}:prepared rq:{q3}:processing"), words("rq:{q3}:prepared rq:{q3}:processing")),
            words("1 2", "br5 q3 1 0 q3 h6 t6", "br6 q3 1 0 q3 h7 t7"))),
    PREPARE_SCHEDULED(() -> numbered(
            Script.PREPARE,
            keys(words("rq:queues rq:{q9}:prepared"), words("rq:{q9}:ready rq:{q9}:staged:br22:n1")),
            words("1 1", "br22 q9 0 1 q9 n1 600000_{\"delay\":600000} value-n1"))),
    COMMIT_SCHEDULED(() -> numbered(Script.COMMIT, words("rq:{q9}:prepared"), words("rq 0", "br21 0"))),
    PREPARE_KEYED(() -> numbered(
            Script.PREPARE,
            keys(
                    words("rq:queues"),
                    words(
                            "rq:{q12}:prepared rq:{q12}:ready rq:{q12}:staged:br5:n1 rq:{q12}:ready rq:{q12}:staged:br5:n2"),
                    words("rq:{q12}:prepared rq:{q12}:ready rq:{q12}:staged:br6:n3"),
                    words("rq:{q12}:prepared rq:{q12}:ready rq:{q12}:staged:br7:n4")),
            words("1 3", "br5 q12 0 2 q12 n1"),
            List.of("0 " + keyed("new", true), "value-n1", "q12", "n2", "0 " + keyed("void", true), "value-n2"),
            words("br6 q12 0 1 q12 n3"),
            List.of("0 " + keyed("new", true), "value-n3", "br7", "q12", 0, 1, "q12", "n4"),
            List.of("600000 " + keyed("kept", true), "value-n4"))),
    COMMIT_KEYED(() ->
            numbered(Script.COMMIT, words("rq:{q12}:prepared rq:{q12}:prepared"), words("rq 0", "br12 1", "br13 0"))),
    ROLLBACK_KEYED(() -> numbered(
            Script.ROLLBACK, words("rq:{q12}:prepared rq:{q12}:prepared"), words("rq 0", "br12 1 0", "br13 0 0"))),
    FORGET_KEYED(() -> new ScriptCall(
            Script.FORGET, words("rq:{q12}:prepared rq:{q12}:ended:br12"), arguments(words("br12 rq 0")))),
    COMMIT_USUAL(() ->
            numbered(Script.COMMIT, words("rq:{q7}:prepared rq:{q7}:prepared"), words("rq 0", "br10 0", "br11 0"))),
    COMMIT(() -> numbered(
            Script.COMMIT,
            words("rq:{q1}:prepared rq:{q1}:prepared rq:{q2}:prepared"),
            words("rq 0", "br1 1", "br2 0", "br9 0"))),
    COMMIT_OTHERS(() -> numbered(
            Script.COMMIT,
            words("rq:{q1}:prepared rq:{q1}:prepared rq:{q2}:prepared"),
            words("rq 0", "br2 0", "br3 0", "br4 0"))),
    ROLLBACK(() -> numbered(
            Script.ROLLBACK,
            words("rq:{q1}:prepared rq:{q1}:prepared rq:{q2}:prepared"),
            words("rq 0", "br1 1 600000", "br2 0 0", "br9 0 600000"))),
    ROLLBACK_OTHERS(() -> numbered(
            Script.ROLLBACK,
            words("rq:{q1}:prepared rq:{q1}:prepared rq:{q2}:prepared"),
            words("rq 0", "br2 0 0", "br3 0 600000", "br4 0 0"))),
    REDELIVER(() -> numbered(
            Script.REDELIVER,
            keys(redelivery("q1"), redelivery("q2"), messages("q1:h1 q1:h2 q1:h4 q2:h5 q1:h9 q1:h3")),
            words("2 6", "1 h1 t1 600000 9 why", "1 h2 t1 600000 0 why", "1 h4 t2 0 1 why"),
            words("2 h5 t5 1200000 0 why", "1 h9 t9 0 9 why", "1 h3 t2 0 0 why"))),
    TAKE_BACK(() -> numbered(
            Script.TAKEBACK,
            of("q1", "processing failures ready"),
            words("8", "h1 t1 2 0", "h2 t1 1 0", "d1 t0 3 2", "d2 - 0 0", "w1 - 4 1", "f1 - 2 0", "f2 - 2 1"),
            words("h9 t9 1 0"))),
    SETTLE(() -> numbered(Script.SETTLE, List.of())),
    CLAIM(() -> claim("q1", 30, "token0", "drop", 1_000)),
    CLAIM_DEAD_LETTERS(() -> claim("q1", 30, "token1", "dead-letter", 1_000)),
    CLAIM_SOME(() -> claim("q1", 4, "token1", "drop", 12)),
    CLAIM_SCHEDULED(() -> claim("q9", 30, "token1", "drop", 1_000)),
    CLAIM_WATCHING(() -> claim("q9", 30, "s1.1.t.0", "drop", 1_000)),
    CANCEL(() -> numbered(Script.CANCEL, keys(messages("q9:s1"), of("q9", "scheduled expiry")), words("s1"))),
    CLAIM_LIMITED(() -> claim("q16", 30, "token1", "drop", 1_000)),
    RELEASE_LIMITED(() ->
            new ScriptCall(Script.RELEASE, of("q16", "processing ready expiry arrived"), arguments(words("h11 t11")))),
    CONFIGURE(() -> new ScriptCall(
            Script.CONFIGURE,
            of("q16", "settings slots"),
            List.of("change", "rateLimit", "5/s", "maxQueueConcurrency", "none"))),
    OCCUPY(() -> new ScriptCall(Script.OCCUPY, of("q1", "processing slots"), List.of("0", 100))),
    CONFIGURE_DECLARED(() -> new ScriptCall(
            Script.CONFIGURE,
            of("q12", "settings slots"),
            List.of("declare", "rateLimit", "5/s", "maxQueueConcurrency", "5"))),
    CLAIM_READY(() -> claim("q6", 4, "token1", "drop", 1_000)),
    RENEW(() -> new ScriptCall(
            Script.RENEW, words("rq:{q1}:processing"), arguments(words("600000 h1_t1 h2_t1 h9_t9 p1_t1 d1_t0")))),
    SHIFT(() -> new ScriptCall(Script.SHIFT, words("rq:{q1}:processing"), List.of(4_000_000_000_000L, 600_000))),
    SHIFT_BACK(() -> new ScriptCall(Script.SHIFT, words("rq:{q1}:processing"), List.of(-1_000_000_000_000L, 600_000))),
    RELEASE(() -> new ScriptCall(
            Script.RELEASE,
            of("q1", "processing ready expiry arrived"),
            arguments(words("h1 t1 h2 t1 h9 t9 h3 t2 p1 t1")))),
    RELEASE_TO_READY(() -> new ScriptCall(
            Script.RELEASE, of("q3", "processing ready expiry arrived"), arguments(words("h6 t6 h7 t7")))),
    WAKE(() -> new ScriptCall(Script.WAKE, of("q4", "ready arrived processing"), List.of("0"))),
    WAKE_LATER(() -> new ScriptCall(Script.WAKE, of("q11", "ready arrived processing"), List.of("1"))),
    FORGET(() ->
            new ScriptCall(Script.FORGET, words("rq:{q1}:prepared rq:{q1}:ended:br1"), arguments(words("br1 rq 0")))),
    FORGET_SCHEDULED(() ->
            new ScriptCall(Script.FORGET, words("rq:{q9}:prepared rq:{q9}:ended:br21"), arguments(words("br21 rq 0")))),
    BIND(() -> new ScriptCall(Script.BIND, words("rq:{t3}:bindings rq:topics rq:queues"), arguments(words("t3 q4")))),
    BIND_ANOTHER(() ->
            new ScriptCall(Script.BIND, words("rq:{t1}:bindings rq:topics rq:queues"), arguments(words("t1 q2")))),
    UNBIND(() -> new ScriptCall(Script.UNBIND, words("rq:{t1}:bindings rq:topics"), arguments(words("t1 q3")))),
    UNBIND_LAST(() -> new ScriptCall(Script.UNBIND, words("rq:{t2}:bindings rq:topics"), arguments(words("t2 q1")))),
    REPAIR_MISSING(() -> repair("q1", "gone", "message", "MISSING_MESSAGE")),
    REPAIR_COUNTER(() -> repair("q1", "h2", "message", "MALFORMED_COUNTER")),
    PAUSE(() -> new ScriptCall(Script.PAUSE, of("q1", "paused ready arrived processing"), List.of(600_000))),
    EDIT(() -> new ScriptCall(
            Script.EDIT,
            keys(messages("q1:x1"), of("q1", "dead errors")),
            List.of("x1", "404acc6a81d5acec8334a772195eadf57ccf1bd4", "value-x1-edited"))),
    DELETE_LETTER(() -> delete("q1", "x1", 1_000)),
    DELETE_SCHEDULED(() -> delete("q9", "s1", 1_000)),
    DELETE_READY(() -> delete("q1", "exp1", 1_000)),
    DELETE_AMONG_MANY(() -> delete("q1", "r1", 0)),
    START_JOB(() -> new ScriptCall(
            Script.STARTJOB, keys(job("q1"), of("q1", "ready dead arrived")), List.of("q1", "requeue", "dead", 0))),
    END_JOB(() -> new ScriptCall(Script.ENDJOB, job("q1"), List.of("failed", "why"))),
    REQUEUE_LETTERS(() -> letters("requeue", "q1", "q1")),
    DELETE_LETTERS(() -> letters("delete", "q1", "q1")),
    MOVE_LETTERS(() -> letters("move", "q1", "q6")),
    DELETE_READY_MESSAGES(() -> readyMessages("delete", "q1", "q1", 3)),
    MOVE_READY_MESSAGES(() -> readyMessages("move", "q1", "q6", 3)),
    DROP_CLAIMED(() -> dropQueue("q3")),
    DROP_SCHEDULED(() -> dropQueue("q11")),
    DROP_REST(() -> dropQueue("q8")),
    HEARTBEAT(() -> new ScriptCall(
            Script.HEARTBEAT,
            words("rq:{/}:servers rq:{/}:server:s1"),
            List.of("s1", 600_000, 1, 1, "listener:1", "info", "{}", "listener:2", "{}"))),
    TALLY(() -> new ScriptCall(Script.TALLY, keys(of("q1", "ready"), of("q3", "ready")), arguments(words("3 1 2 0")))),
    ACKNOWLEDGE_GROUPED(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q13"), messages("q13:a1 q13:n2 q13:a8 q13:e1 q13:g1 q13:g2 q13:g3 q13:n3")),
            words("1 1 2 6", "2 6", "a1_t1 n2_t1", "a8 e1 g1 g2 g3 n3"),
            words("0_{\"group\":\"a\"} 0_{\"group\":\"e\"} 60000_{\"group\":\"g\"} 0_{\"group\":\"g\"}"),
            words("0_{\"delay\":600000,\"group\":\"g\"} 0"),
            words("value-a8 value-e1-again value-g1 value-g2 value-g3 value-n3", "2 6 1 2 1 2 3 4 5 6"))),
    ACKNOWLEDGE_HEADS(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q18"), onePhase("q4"), messages("q18:a1 q18:b1 q18:c1 q4:n2")),
            words("2 2 3 1", "3 0 0 1", "a1_t1 b1_t1 c1_t2", "n2 0 value-n2", "2 0 1 2", "1 1 3 1"))),
    CONSUME_HEADS(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q18"), messages("q18:a1 q18:n1 q18:b1")),
            words("1 1 3 0", "3 0", "a1_t1 n1_t1 b1_t1", "3 0 1 2 3"))),
    SEND_OVER_GROUPED(
            () -> numbered(Script.SEND, send("q13", "q13:e1 q13:n3"), words("e1 n3 value-e1-again value-n3"))),
    SEND_PRIORITIZED(() -> numbered(
            Script.ACKNOWLEDGE,
            keys(onePhase("q13"), messages("q13:g1 q13:g2 q13:g3 q13:n3 q13:k1 q13:e1")),
            words("1 1 0 6", "0 6", "g1 g2 g3 n3 k1 e1"),
            words("0_{\"group\":\"g\",\"priority\":5} 0_{\"priority\":-10} 600_{\"group\":\"h\",\"priority\":1} 0"),
            words("0_{\"priority\":2} 0_{\"priority\":10,\"delay\":600000}"),
            words("value-g1 value-g2 value-g3 value-n3 value-k1-again value-e1-again", "0 6 1 2 3 4 5 6"))),
    DELETE_PRIORITIZED(() -> delete("q13", "k2", 1_000)),
    MOVE_PRIORITIZED(() -> readyMessages("move", "q14", "q13", 2)),
    DELETE_PRIORITIZED_MESSAGES(() -> readyMessages("delete", "q15", "q15", 3)),
    CLAIM_PRIORITIZED(() -> claim("q14", 3, "token1", "drop", 1_000)),
    PREPARE_GROUPED(() -> numbered(
            Script.PREPARE,
            keys(words("rq:queues rq:{q13}:prepared rq:{q13}:processing rq:{q13}:ready rq:{q13}:staged:br32:a8")),
            words("1 1 br32 q13 1 1 q13 a1 t1 q13 a8 600000_{\"group\":\"a\"} value-a8"))),
    COMMIT_GROUPED(() -> numbered(Script.COMMIT, words("rq:{q13}:prepared"), words("rq 0 br31 0"))),
    FORGET_GROUPED(() -> new ScriptCall(
            Script.FORGET, words("rq:{q13}:prepared rq:{q13}:ended:br31"), arguments(words("br31 rq 0")))),
    REDELIVER_GROUPED(() -> numbered(
            Script.REDELIVER,
            keys(redelivery("q13"), messages("q13:a1 q13:n2")),
            words("1 2", "1 a1 t1 0 0 why", "1 n2 t1 600000 9 why"))),
    CLAIM_GROUPED(() -> claim("q13", 30, "token0", "drop", 1_000)),
    CLAIM_GROUPED_DEAD_LETTERS(() -> claim("q13", 30, "token1", "dead-letter", 1_000)),
    CLAIM_HEADS(() -> claim("q14", 4, "token1", "drop", 1_000)),
    DELETE_WAITING(() -> delete("q13", "b2", 1_000)),
    DELETE_HEAD(() -> delete("q13", "b1", 1_000)),
    DELETE_GROUPED_LETTER(() -> delete("q13", "d1", 1_000)),
    CANCEL_GROUPED(() -> numbered(Script.CANCEL, keys(messages("q13:s3"), of("q13", "scheduled expiry")), words("s3"))),
    REQUEUE_GROUPED(() -> letters("requeue", "q13", "q13")),
    DELETE_GROUPED_LETTERS(() -> letters("delete", "q13", "q13")),
    MOVE_GROUPED_LETTERS(() -> letters("move", "q13", "q14")),
    DELETE_WAITING_MESSAGES(() -> readyMessages("delete", "q13", "q13", 3)),
    DELETE_HEADS(() -> readyMessages("delete", "q14", "q14", 3)),
    MOVE_GROUPED_MESSAGES(() -> readyMessages("move", "q13", "q14", 20)),
    DROP_WAITING(() -> dropQueue("q14")),
    UNBLOCK(() -> new ScriptCall(Script.UNBLOCK, words("rq:{q17}:ready"), List.of("0", 100))),
    REDELIVER_BLOCKING(() -> numbered(
            Script.REDELIVER, keys(redelivery("q16"), messages("q16:h11")), words("1 1 1 h11 t11 1000 0 failed"))),
    REPAIR_BLOCKED(() -> repair("q17", "a2", "message", "BLOCKED_GROUP")),
    REPAIR_GROUPED(() -> repair("q13", "f2", "message", "MALFORMED_COUNTER")),
    UNREGISTER(() -> new ScriptCall(Script.UNREGISTER, words("rq:queues"), arguments(words("rq q1 old q2 q3"))));

    private final Supplier<ScriptCall> call;

    Scene(Supplier<ScriptCall> call) {
        this.call = call;
    }

    ScriptCall call() {
        return call.get();
    }

    /** Whether the script may postpone writes that Redis refuses, because this does no harm. */
    boolean canWait() {
        return this == CLAIM_SOME || this == CLAIM_WATCHING || this == WAKE || this == WAKE_LATER;
    }

    private static final String FAR = "4000000000000";

    /** The record of a branch that sends scheduled messages, one of which replaces a message that has expired. */
    private static final String SCHEDULING = "{\"time\":1000000000000,\"consumed\":[],\"sent\":["
            + "[\"q9\",\"n2\",0,{\"delay\":600000,\"ttl\":600000}],[\"q9\",\"e4\",0,{\"at\":FAR}],"
            + "[\"q9\",\"s1\",0,{\"delay\":600000}]]}";

    /** The beginning of a sequence number; the last two digits are given. */
    private static final String SEQUENCE = "00000000000000";

    /** The contents of the queues q1 and q2: messages in all places, with counts and deadlines. */
    static List<Object[]> arrangement() {
        return commands(
                "SADD rq:queues q1 q2 q7 q9 q12 q13 old",
                "SADD rq:topics t1 t2",
                "SADD rq:{t1}:bindings q1 q3",
                "SADD rq:{t2}:bindings q1",
                "MSET " + values("q1", "a1 a2 r1 r2 ttl1 exp1 exp2 h1 h2 h3 w1 d1 d2 d3 x1 p1 p3 p4"),
                "MSET " + values("q2", "r3 h5 p2 p5"),
                "MSET " + values("q3", "h6 h7"),
                "MSET " + values("q4", "a4 h8"),
                "MSET " + values("q6", "a6 r6 r7"),
                "MSET " + values("q7", "p6 p7 p8"),
                "MSET " + values("q9", "e1 e2 e3 e4 r9 s1 s2 s3"),
                "RPUSH rq:{q9}:ready r9 e1 e4",
                "RPUSH rq:{q9}:arrived e2",
                "ZADD rq:{q9}:scheduled FAR s1 2000 s2 1000 s3 500 e3",
                "ZADD rq:{q9}:expiry FAR s1 1000 e1 1000 e2 1000 e3 1000 e4",
                "MSET rq:{q9}:staged:br21:n2 value-n2 rq:{q9}:staged:br21:e4 value-e4-again",
                "MSET rq:{q9}:staged:br21:s1 value-s1-again",
                "HSET rq:{q9}:prepared br21 " + SCHEDULING,
                "MSET " + values("q11", "s4 s5 w5"),
                "ZADD rq:{q11}:processing FAR w5_-",
                "ZADD rq:{q11}:scheduled FAR s4 FAR s5",
                "ZADD rq:{q11}:expiry FAR s4",
                "MSET " + values("q16", "h11 r10 r11 r12 w10"),
                "RPUSH rq:{q16}:ready r12 r11 r10",
                "ZADD rq:{q16}:processing FAR h11_t11",
                "HSET rq:{q16}:settings rateLimit 1/h maxQueueConcurrency 3",
                "HSET rq:{q16}:settings onDeadLetter block",
                "HSET rq:{q16}:attributes h11 #01_a w10 #02_a",
                "HSET rq:{q16}:heads a h11",
                "ZADD rq:{q16}:waiting 0 a_#02_w10",
                "SET rq:{q16}:sequence 2",
                "HSET rq:{q16}:failures r11 1",
                // Heads of groups that are dead letters: the groups wait for them, although the queue no longer blocks.
                "MSET " + values("q17", "a1 a2 b1 c1 c2 d1 d2"),
                "HSET rq:{q17}:settings onDeadLetter continue",
                "HSET rq:{q17}:attributes a1 #01_a a2 #02_a_5 b1 #03_b c1 #04_c c2 #05_c d1 #06_d d2 #07_d",
                "HSET rq:{q17}:heads a a1 b b1 c c1 d d1",
                "ZADD rq:{q17}:waiting 0 a_#02_a2 0 c_#05_c2 0 d_#07_d2",
                "ZADD rq:{q17}:dead 1000 a1 2000 b1 3000 c1",
                "HSET rq:{q17}:errors a1 {\"reason\":\"why\"} b1 {\"reason\":\"why\"} c1 {\"reason\":\"why\"}",
                "RPUSH rq:{q17}:ready d1",
                "SET rq:{q17}:sequence 7",
                // Only messages of groups, of which none has failed
                "MSET " + values("q18", "a1 a2 a3 b1 c1 c2 n1"),
                "HSET rq:{q18}:attributes a1 #01_a a2 #02_a a3 #03_a b1 #04_b c1 #05_c c2 #06_c",
                "HSET rq:{q18}:heads a a1 b b1 c c1",
                "ZADD rq:{q18}:waiting 0 a_#02_a2 0 a_#03_a3 0 c_#06_c2",
                "ZADD rq:{q18}:processing FAR a1_t1 FAR b1_t1 FAR c1_t2 FAR n1_t1",
                "SET rq:{q18}:sequence 6",
                "SET rq:{q16}:rate 1000",
                "ZADD rq:{q16}:slots 1000000000000 h11_t11 1000000000000 h12_t12",
                "ZADD rq:{q7}:processing +inf p6_t6 +inf p7_t6 +inf p8_t8",
                "SET rq:{q8}:paused for-good",
                "MSET " + values("q12", "h10 r9"),
                "RPUSH rq:{q12}:ready r9",
                "ZADD rq:{q12}:processing FAR h10_t10",
                "SET rq:{q12}:dedup:kept gone PX 3600000",
                "SET rq:{q12}:dedup:reserved s3_q12_br12",
                "SET rq:{q12}:dedup:used r9_q12_br12",
                "SET rq:{q12}:dedup:void n9_q12_br99",
                "MSET rq:{q12}:staged:br12:s3 value-s3 rq:{q12}:staged:br12:s4 value-s4 rq:{q12}:staged:br12:s5 value-s5",
                "MSET rq:{q12}:staged:br12:r9 value-r9-again rq:{q12}:staged:br13:s6 value-s6",
                "HSET rq:{q12}:prepared br12 "
                        + keyedRecord("s3", "reserved", "s4", "free", "s5", "kept", "r9", "used"),
                "HSET rq:{q12}:prepared br13 " + keyedRecord("s6", "free"),
                "HSET rq:{q7}:prepared br10 " + record("q7,p6,t6 q7,p7,t6", ""),
                "HSET rq:{q7}:prepared br11 " + record("q7,p8,t8", ""),
                "ZADD rq:{q3}:processing FAR h6_t6 FAR h7_t7",
                "ZADD rq:{q4}:processing FAR h8_t8",
                "SET rq:{q1}:message:h4 value-h4 PX 3600000",
                "SET rq:{q1}:message:ttl2 value-ttl2 PX 3600000",
                "SET rq:{q1}:message:large " + "x".repeat(200) + " PX 3600000",
                "HSET rq:{q1}:message:odd of another-type",
                "RPUSH rq:{q1}:ready r1 odd large gone ttl1 exp2 ttl2 exp1 r2",
                "RPUSH rq:{q1}:arrived a2 EMPTY a1",
                "RPUSH rq:{q2}:ready r3",
                "RPUSH rq:{q4}:arrived a4",
                "RPUSH rq:{q6}:arrived a6",
                "RPUSH rq:{q6}:ready r6 r7",
                "ZADD rq:{q1}:processing FAR h1_t1 FAR h2_t1 FAR h3_t2 FAR h4_t2 FAR w1_-",
                "ZADD rq:{q1}:processing 1000 d1_t0 1000 d2_- 2000 d3_t0 +inf p1_t1 +inf p3_t3 +inf p4_t4",
                "ZADD rq:{q1}:processing FAR f1_- FAR f2_-",
                "MSET " + values("q1", "f1 f2"),
                "HSET rq:{q1}:failures f1 2 f2 2",
                "ZADD rq:{q2}:processing FAR h5_t5 +inf p2_t2 +inf p5_t5",
                "ZADD rq:{q1}:dead 1000000000000 x1",
                "HSET rq:{q1}:errors x1 {\"reason\":\"why\",\"deliveries\":1}",
                "HSET rq:{q1}:failures h1 2 p1 1 p4 1 d1 3 h2 nonsense",
                "HSET rq:{q1}:abandoned h2 1 h3 1 d3 9 w1 2",
                "HSET rq:{q2}:abandoned p2 1",
                "ZADD rq:{q1}:expiry FAR ttl1 1000 exp1 2000 exp2 -FAR h2 -FAR h3 -FAR p1 -FAR p4 -3000 d2",
                "SET rq:{q1}:staged:br1:s1 value-s1",
                "SET rq:{q2}:staged:br1:s2 value-s2",
                "SET rq:{q1}:staged:br1:r2 value-r2-again",
                "SET rq:{q1}:staged:br1:exp2 value-exp2-again",
                "SET rq:{q1}:staged:br3:p4 value-p4-again",
                "SET rq:{q2}:staged:br4:r3 value-r3-again",
                "HSET rq:{q1}:prepared br1 " + record("q1,p1,t1 q2,p2,t2", "q1,s1,0 q2,s2,FAR q1,r2,0 q1,exp2,0"),
                "HSET rq:{q1}:prepared br2 " + record("q1,p3,t3", ""),
                "HSET rq:{q1}:prepared br3 " + record("q1,p4,t4", "q1,p4,FAR"),
                "HSET rq:{q2}:prepared br4 " + record("q2,p5,t5", "q2,r3,0"),
                // Groups: a is being delivered, b is ready, c is abandoned, the head of e has expired, d and h have
                // dead
                // letters, i has only scheduled messages, p is in doubt.
                "MSET " + values("q13", "n1 n2 a1 a2 a3 b1 b2 c1 c2 c3 d1 d2 d3 e1 e2 e3 f1 f2 h1 i1 i2 s1 s3 p1 p2"),
                // Messages with priorities: k1 has no group, k3 waits for k2.
                "MSET " + values("q13", "k1 k2 k3"),
                "HSET rq:{q13}:attributes k1 #14__5 k2 #15_k_-3 k3 #16_k_2",
                "HSET rq:{q13}:heads k k2",
                "ZADD rq:{q13}:waiting 0 k_#16_k3",
                "ZADD rq:{q13}:prioritized -21990232555500 k1 13194139533333 k2",
                "MSET " + values("q14", "k1 k4"),
                "HSET rq:{q14}:attributes k1 #03__-2 k4 #02_k_7",
                "HSET rq:{q14}:heads k k4",
                "ZADD rq:{q14}:prioritized 8796093022211 k1 -30786325577726 k4",
                "MSET " + values("q15", "k1 k2 n1"),
                "HSET rq:{q15}:attributes k1 #01__1 k2 #02__-1",
                "ZADD rq:{q15}:prioritized -4398046511103 k1 4398046511106 k2",
                "RPUSH rq:{q15}:arrived EMPTY n1",
                "SET rq:{q13}:sequence 30",
                "HSET rq:{q13}:attributes a1 #01_a a2 #02_a a3 #03_a b1 #04_b b2 #05_b c1 #06_c c2 #07_c c3 #08_c",
                "HSET rq:{q13}:attributes d1 #09_d d2 #0a_d d3 #0b_d e1 #0c_e e2 #0d_e e3 #0e_e f1 #0f_f f2 #10_f h1 #11_h",
                "HSET rq:{q13}:attributes i1 -_#f1_i i2 -_#f2_i s1 -_#f3_a s3 -_#f4_a p1 #12_p p2 #13_p",
                "HSET rq:{q13}:heads a a1 b b1 c c1 d d2 e e1 f f1 p p1",
                "ZADD rq:{q13}:waiting 0 a_#02_a2 0 a_#03_a3 0 b_#05_b2 0 c_#07_c2 0 c_#08_c3 0 d_#0b_d3 0 e_#0d_e2 0 e_#0e_e3",
                "ZADD rq:{q13}:waiting 0 f_#10_f2 0 p_#13_p2",
                "RPUSH rq:{q13}:ready n1 b1 e1 d2",
                "ZADD rq:{q13}:processing FAR a1_t1 FAR n2_t1 1000 c1_t0 FAR f1_- +inf p1_t2",
                "HSET rq:{q13}:failures e1 2 f1 1 f2 nonsense",
                "HSET rq:{q13}:abandoned c1 5",
                "ZADD rq:{q13}:expiry 1000 c2 1000 e1 1000 e2 FAR b2",
                "ZADD rq:{q13}:scheduled 1000 i1 2000 s1 3000 i2 FAR s3",
                "ZADD rq:{q13}:dead 1000 d1 2000 h1",
                "HSET rq:{q13}:errors d1 {\"reason\":\"why\"} h1 {\"reason\":\"why\"}",
                "SET rq:{q13}:staged:br31:p3 value-p3",
                "SET rq:{q13}:staged:br31:b9 value-b9",
                "SET rq:{q13}:staged:br31:e1 value-e1-again",
                "HSET rq:{q13}:prepared br31 {\"time\":1000000000000,\"consumed\":[[\"q13\",\"p1\",\"t2\"]],\"sent\":["
                        + "[\"q13\",\"p3\",0,{\"group\":\"p\"}],[\"q13\",\"e1\",0,{\"group\":\"b\"}],"
                        + "[\"q13\",\"b9\",0,{\"group\":\"b\",\"delay\":600000}]]}",
                "MSET " + values("q14", "n1 a1 a2 b1"),
                "HSET rq:{q14}:attributes a1 #01_a a2 #02_a b1 #03_b",
                "HSET rq:{q14}:heads a a1 b b1",
                "ZADD rq:{q14}:waiting 0 a_#02_a2",
                "RPUSH rq:{q14}:ready n1 b1 a1",
                "SET rq:{q14}:sequence 3");
    }

    private static List<Object[]> commands(String... lines) {
        return Stream.of(lines)
                .map(line -> words(line.replace("FAR", FAR).replaceAll("#(?=[0-9a-f]{2}_)", SEQUENCE)).stream()
                        .map(word -> word.replace("EMPTY", ""))
                        .toArray())
                .toList();
    }

    private static String record(String consumed, String sent) {
        String sentMessages = parts(sent).replaceAll("\"(0|FAR)\"", "$1");
        return "{\"time\":1000000000000,\"consumed\":" + parts(consumed) + ",\"sent\":" + sentMessages + "}";
    }

    /** The options of a message with a deduplication key. */
    private static String keyed(String key, boolean rollback) {
        return "{\"key\":\"" + key + "\",\"window\":3600000" + (rollback ? ",\"rollback\":1}" : "}");
    }

    /** A record of a branch that sends messages with these keys, of which it reserves the first and the fourth. */
    private static String keyedRecord(String... idsAndKeys) {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < idsAndKeys.length; i += 2) {
            boolean reserves = i % 6 == 0 && idsAndKeys.length > 2;
            sent.add("[\"q12\",\"" + idsAndKeys[i] + "\",0," + keyed(idsAndKeys[i + 1], reserves) + "]");
        }
        return "{\"time\":1000000000000,\"consumed\":[],\"sent\":[" + String.join(",", sent) + "]}";
    }

    private static String parts(String messages) {
        return messages.isEmpty()
                ? "[]"
                : "[[\"" + messages.replace(",", "\",\"").replace(" ", "\"],[\"") + "\"]]";
    }

    private static String values(String queue, String ids) {
        return words(ids).stream()
                .map(id -> "rq:{" + queue + "}:message:" + id + " value-" + id)
                .collect(Collectors.joining(" "));
    }

    private static ScriptCall claim(String queue, int limit, String token, String onExpiry, int maxTotal) {
        return new ScriptCall(
                Script.CLAIM,
                of(queue, "ready processing dead failures abandoned errors paused expiry arrived"),
                List.of(limit, token, 600_000, "rq:{" + queue + "}:message:", 5, 100, maxTotal, onExpiry, 0));
    }

    private static ScriptCall repair(String queue, String id, String subject, String damage) {
        return new ScriptCall(
                Script.REPAIR,
                keys(
                        messages(queue + ":" + id),
                        of(queue, "ready processing dead errors failures abandoned expiry arrived")),
                List.of(id, subject, damage, 1_000, 1_000));
    }

    private static List<String> job(String queue) {
        return of(queue, "job:j1");
    }

    private static ScriptCall delete(String queue, String id, int most) {
        return new ScriptCall(
                Script.DELETE,
                keys(
                        messages(queue + ":" + id),
                        of(queue, "ready processing dead errors failures abandoned expiry arrived")),
                List.of(id, most, 0, 100));
    }

    private static ScriptCall letters(String action, String queue, String target) {
        return new ScriptCall(
                Script.DEADLETTERS,
                keys(job(queue), of(queue, "ready dead errors failures abandoned expiry"), of(target, "ready")),
                List.of(action, 100, 4_000_000_000_000L, "", 0, "why", "", ""));
    }

    private static ScriptCall readyMessages(String action, String queue, String target, int limit) {
        return new ScriptCall(
                Script.READYMESSAGES,
                keys(
                        job(queue),
                        of(queue, "ready failures abandoned expiry"),
                        of(target, "ready expiry"),
                        of(queue, "arrived")),
                List.of(action, limit, 0, 1_000));
    }

    private static ScriptCall dropQueue(String queue) {
        return new ScriptCall(
                Script.DROPQUEUE,
                keys(
                        job(queue),
                        of(queue, "processing prepared ready dead arrived failures abandoned errors expiry paused"),
                        of(queue, "scheduled watchers waiting heads attributes prioritized sequence")),
                List.of(100, "queue"));
    }

    private static ScriptCall numbered(Script script, List<String> keys, List<?>... arguments) {
        return ScriptCall.numbered(script, keys, arguments(arguments));
    }

    private static List<String> onePhase(String queue) {
        return of(queue, "processing failures abandoned expiry ready");
    }

    private static List<String> send(String queue, String names) {
        return keys(of(queue, "ready expiry"), messages(names));
    }

    private static List<String> redelivery(String queue) {
        return of(queue, "processing dead failures abandoned errors expiry");
    }

    private static List<String> of(String queue, String kinds) {
        return words(kinds).stream().map(kind -> "rq:{" + queue + "}:" + kind).toList();
    }

    private static List<String> messages(String names) {
        return words(names).stream()
                .map(name -> "rq:{" + name.replace(":", "}:message:"))
                .toList();
    }

    /** The words of these lines, in which a space is written as an underscore. */
    private static List<String> words(String... lines) {
        return Stream.of(lines)
                .flatMap(line -> Stream.of(line.split(" ")))
                .map(word -> word.replace('_', ' '))
                .toList();
    }

    @SafeVarargs
    private static List<String> keys(List<String>... parts) {
        List<String> keys = new ArrayList<>();
        for (List<String> part : parts) {
            keys.addAll(part);
        }
        return keys;
    }

    private static List<Object> arguments(List<?>... parts) {
        return Stream.of(parts).<Object>flatMap(List::stream).toList();
    }
}
