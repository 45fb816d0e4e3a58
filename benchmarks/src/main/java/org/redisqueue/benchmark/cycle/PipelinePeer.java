// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The scripts of the adapter, called by one thread that sends many calls at once over one socket. */
final class PipelinePeer implements CyclePeer {

    private static final int BATCH_SIZE = 64;

    private final RespConnection connection;
    private final Scripts scripts;

    PipelinePeer(TestRedis redis) {
        connection = redis.connect();
        scripts = new Scripts(connection);
    }

    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public void send(int count, String body) {
        send(count, body, BATCH_SIZE);
    }

    @Override
    public boolean sendInBulk(int count, String body) {
        send(count, body, BULK);
        return true;
    }

    private void send(int count, String body, int size) {
        for (int i = 0; i < count; i += size) {
            connection.callAll(IntStream.range(i, Math.min(count, i + size))
                    .mapToObj(j -> scripts.send(body))
                    .toList());
        }
    }

    @Override
    public void drain(int count, LongConsumer progress) {
        long done = 0;
        while (done < count) {
            List<String> ids = Scripts.ids(connection.call(scripts.claim(BATCH_SIZE, "t")));
            connection.callAll(
                    ids.stream().map(id -> scripts.acknowledge(id, "t")).toList());
            done += ids.size();
            progress.accept(done);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
