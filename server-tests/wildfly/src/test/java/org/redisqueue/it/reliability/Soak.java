// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The options of the long tests, from system properties. */
final class Soak {

    private Soak() {}

    /** The duration of the faults. */
    static Duration length() {
        return Duration.ofSeconds((long) (60 * Double.parseDouble(System.getProperty("soak.minutes"))));
    }

    /** The seed of the fault schedule; random by default. */
    static long seed() {
        String seed = System.getProperty("soak.seed", "");
        return seed.isEmpty() ? ThreadLocalRandom.current().nextInt(1_000_000) : Long.parseLong(seed);
    }

    /** The names of the faults; empty for all. */
    static List<String> faults() {
        return Stream.of(System.getProperty("soak.faults", "").split(","))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
