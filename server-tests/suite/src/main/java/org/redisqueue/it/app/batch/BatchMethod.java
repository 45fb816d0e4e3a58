// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.batch;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.redisqueue.RedisQueueListener;

/** A CDI bean with a method that writes a row for each message of a batch. */
@ApplicationScoped
public class BatchMethod {

    public static final String QUEUE = "batch.cdi";

    /** The size of a batch. */
    public static final int BATCH = 50;

    @RedisQueueListener(
            queue = QUEUE,
            batch = BATCH,
            properties = {"batchWait=60000", "maxDeliveries=1"})
    void book(List<String> bodies) {
        BookedRows.book(QUEUE, bodies);
    }
}
