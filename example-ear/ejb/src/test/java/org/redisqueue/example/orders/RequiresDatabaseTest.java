// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptors;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.Test;

/** The interceptor that makes the order desk fail during an outage. */
@EnableWeld
class RequiresDatabaseTest {

    /** An outage whose end is not in a database. */
    @ApplicationScoped
    static class SimulatedOutage extends DatabaseOutage {

        private int secondsLeft;

        @Override
        public void begin(int seconds) {
            secondsLeft = seconds;
        }

        @Override
        public int secondsLeft() {
            return secondsLeft;
        }
    }

    @ApplicationScoped
    @Interceptors(RequiresDatabase.class)
    static class Shelf {

        String item() {
            return "book";
        }
    }

    @WeldSetup
    WeldInitiator weld = WeldInitiator.of(Shelf.class, SimulatedOutage.class);

    @Inject
    private DatabaseOutage outage;

    @Inject
    private Shelf shelf;

    @Test
    void methodFailsWithTheRemainingTimeDuringAnOutage() {
        outage.begin(17);

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(shelf::item)
                .withMessage("The database is unavailable for another 17 s")
                .returns(17, DatabaseUnavailableException::getSecondsLeft);
    }

    @Test
    void methodSucceedsWithoutAnOutage() {
        assertThat(shelf.item()).isEqualTo("book");
    }
}
