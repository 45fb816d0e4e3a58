// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A distribution of measured times, in seconds. */
final class Distribution {

    private final List<Double> seconds = new ArrayList<>();

    void add(double value) {
        seconds.add(value);
        Collections.sort(seconds);
    }

    /** Adds the times of this distribution to another one. */
    void addTo(Distribution other) {
        seconds.forEach(other::add);
    }

    int count() {
        return seconds.size();
    }

    /** The given percentile of the times; 0 if there are none. */
    double percentile(int percent) {
        if (seconds.isEmpty()) {
            return 0;
        }
        return seconds.get(Math.max(0, (int) Math.ceil(seconds.size() * percent / 100.0) - 1));
    }

    double max() {
        return percentile(100);
    }
}
