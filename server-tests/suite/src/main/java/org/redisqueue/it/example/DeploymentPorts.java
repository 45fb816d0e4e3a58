// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import java.util.Random;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.redis.RedisDeployment;

/** Ports of deployments of Redis, below those that the system gives to clients. */
final class DeploymentPorts {

    private static final int LOWEST = 2_000;
    private static final int NUMBER = 10_000;

    private DeploymentPorts() {}

    /** The port of a first server, so that it and the others that the deployment needs are free. */
    static int first(RedisDeployment.Kind kind) {
        Random random = new Random();
        while (true) {
            int first = LOWEST + random.nextInt(NUMBER);
            if (kind.ports(first).stream().noneMatch(port -> Ports.isOpen("127.0.0.1", port))) {
                return first;
            }
        }
    }
}
