// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import java.net.URI;
import org.redisqueue.ra.testing.TestRedis;

/** The front ends through which operators reach the same operations. */
enum FrontEnd {
    REST {
        @Override
        Operator open(URI server) {
            return new RestOperator(server.resolve("/redis-queue/"));
        }
    },
    PAGE {
        @Override
        Operator open(URI server) {
            return PageOperator.open(server.resolve("/redis-queue/"));
        }
    },
    API {
        @Override
        Operator open(URI server) {
            return new ApiOperator(server.resolve("/drills/"));
        }
    },
    COMMAND_LINE {
        @Override
        Operator open(URI server) {
            return new CommandLineOperator(TestRedis.shared().address());
        }
    };

    /**
     * Returns an operator who uses this front end.
     *
     * @param server the root of the web server
     */
    abstract Operator open(URI server);
}
