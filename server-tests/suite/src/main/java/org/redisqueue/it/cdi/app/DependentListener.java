// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;

/** A dependent bean: each delivery has a new instance, which is destroyed afterwards. */
@Dependent
public class DependentListener {

    private int calls;

    @Inject
    private RequestNote note;

    @RedisQueueListener(queue = "cdi.dependent")
    void receive(String body) {
        note.set(body);
        Calls.record("dependent", note.get(), ++calls);
    }

    @PreDestroy
    void end() {
        Calls.record("dependent ended", calls);
    }
}
