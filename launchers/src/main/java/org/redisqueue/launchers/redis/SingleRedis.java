// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.launchers.process.Leftovers;

/** One process of Redis. */
final class SingleRedis implements RedisDeployment {

    private final RedisProcess process;

    SingleRedis(Path directory, int port, Leftovers leftovers) throws IOException, InterruptedException {
        this.process = RedisProcess.start(directory, port, leftovers);
    }

    @Override
    public List<Long> masters() {
        return List.of(process.pid());
    }

    @Override
    public boolean isComplete() {
        return !process.ended().isDone();
    }

    @Override
    public CompletableFuture<String> ended() {
        return process.ended();
    }

    @Override
    public void close() throws IOException {
        System.out.println("Stopping Redis");
        process.close();
    }
}
