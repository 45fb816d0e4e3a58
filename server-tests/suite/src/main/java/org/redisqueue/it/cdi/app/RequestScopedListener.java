// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;

/** A request-scoped bean: each delivery has a new instance, which is destroyed afterwards. */
@RequestScoped
public class RequestScopedListener {

    private int calls;

    @RedisQueueListener(queue = "cdi.request")
    public void receive(String body) {
        Calls.record("request", body, ++calls);
    }

    @PreDestroy
    void end() {
        Calls.record("request ended", calls);
    }
}
