// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What a run of the soak tests is told by system properties. */
final class Soak {

    private Soak() {}

    /** How long faults happen. */
    static Duration length() {
        return Duration.ofSeconds((long) (60 * Double.parseDouble(System.getProperty("soak.minutes"))));
    }

    /** What the schedule of faults comes from; another one each time unless it is given. */
    static long seed() {
        String seed = System.getProperty("soak.seed", "");
        return seed.isEmpty() ? ThreadLocalRandom.current().nextInt(1_000_000) : Long.parseLong(seed);
    }

    /** The names of the faults that happen; empty = all. */
    static List<String> faults() {
        return Stream.of(System.getProperty("soak.faults", "").split(","))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
