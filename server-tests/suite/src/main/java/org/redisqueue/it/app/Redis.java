// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.redisqueue.ra.testing.RespConnection;

/** Access to the Redis of the tests from within the server, without the adapter. */
public final class Redis {

    private static final class Shared {
        private static final RespConnection CONNECTION = connect();
    }

    private Redis() {}

    public static Queue queue(String name) {
        return new Queue(Shared.CONNECTION::call, name);
    }

    /** A new connection, for commands that must not share one. */
    public static RespConnection connect() {
        return connect(address());
    }

    static RespConnection connect(URI address) {
        try {
            return new RespConnection(address.getHost(), address.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static URI address() {
        return URI.create(System.getProperty("redisqueue.addresses"));
    }
}
