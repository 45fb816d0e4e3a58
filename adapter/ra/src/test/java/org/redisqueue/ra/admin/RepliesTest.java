// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class RepliesTest {

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private static QueueAdminException failure(Runnable call) {
        return catchThrowableOfType(QueueAdminException.class, call::run);
    }

    @ParameterizedTest
    @CsvSource({
        "RQ-107 'browse' was not executed: NOPERM User shop has no permissions to run the 'lrange' command, FORBIDDEN",
        "RQ-107 'browse' was not executed: ERR The user executing the script can't run this command or subcommand, FORBIDDEN",
        "RQ-107 'browse' was not executed: RQ-103 Cannot connect to Redis, UNAVAILABLE",
    })
    void kindDependsOnTheReplyOfRedis(String message, Kind kind) {
        assertThat(Replies.problem(new IllegalStateException(message)).kind()).isEqualTo(kind);
    }

    @Test
    void commandThatIsDeniedInScriptIsForbidden() {
        String user = "user" + test.prefix;
        test.call("ACL", "SETUSER", user, "on", ">secret", "~*", "+@all", "-zcount");
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setKeyPrefix(test.prefix);
        properties.setUser(user);
        properties.setPassword("secret");
        try (AdminClient client = AdminClient.of(properties)) {
            QueueAdmin admin = client.admin();

            QueueAdminException failure = failure(() -> admin.browse("orders", Place.DELIVERING, null, 10));

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.FORBIDDEN);
        } finally {
            test.call("ACL", "DELUSER", user);
        }
    }

    @Test
    void keyOfWrongTypeIsConflictThatTheCheckExplains() {
        test.call("SET", test.key("orders", "dead"), "x");

        QueueAdminException failure = failure(() -> test.admin.deleteMessage("orders", "m1"));

        assertThat(failure.kind()).isEqualTo(Kind.CONFLICT);
        assertThat(failure).hasMessageContaining("Check the queue");
    }

    @Test
    void malformedBranchIsConflictThatSaysWhatToCorrect() {
        test.call("SADD", test.prefix + ":queues", "orders");
        test.call("HSET", test.key("orders", "prepared"), "br1", "nonsense");

        QueueAdminException failure = failure(() -> test.admin.decide("br1", Decision.COMMIT, true));

        assertThat(failure.kind()).isEqualTo(Kind.CONFLICT);
        assertThat(failure).hasMessageContaining("Correct or remove");
    }
}
