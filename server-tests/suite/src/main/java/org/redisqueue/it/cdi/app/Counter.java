// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicInteger;

/** A bean that is injected into others. */
@ApplicationScoped
public class Counter {

    private final AtomicInteger count = new AtomicInteger();

    public int next() {
        return count.incrementAndGet();
    }
}
