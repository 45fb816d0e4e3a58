// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.batch;

import java.util.List;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;

/** A message-driven bean that writes a row for each message of a batch. */
public class BatchBean implements RedisBatchListener {

    @Override
    public void onMessages(List<RedisMessage> messages) {
        BookedRows.book(
                messages.get(0).queue(),
                messages.stream().map(RedisMessage::text).toList());
    }
}
