// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.transaction.ResourceManager;

/** The process of a consumer that holds messages until it is killed. */
final class ConsumerProcess {

    private ConsumerProcess() {}

    /** Arguments: the address of Redis, the number of messages, and the lease in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        RedisResourceAdapter adapter = AdapterPeer.adapter(arguments[0]);
        ResourceManager manager = ResourceManager.acquire(adapter);
        Leases leases = manager.leases(Long.parseLong(arguments[2]), lost -> {});
        ClaimResult claim = manager.operations()
                .claim(new ClaimRequest(
                        RecoveryBenchmark.QUEUE, Integer.parseInt(arguments[1]), leases.leaseMillis(), 10, 1 << 20))
                .join();
        leases.add(claim.messages());
        System.out.println("claimed");
        TimeUnit.MINUTES.sleep(5);
        System.exit(1);
    }
}
