// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.glassfish;

import java.nio.file.Path;
import org.redisqueue.it.server.DomainServer;

/** The GlassFish that the suite runs on. */
public final class GlassFishServer extends DomainServer {

    public GlassFishServer() {
        super(Path.of(System.getProperty("glassfish.home")));
    }

    @Override
    public String name() {
        return "GlassFish";
    }

    @Override
    protected boolean hasDatabase() {
        return false;
    }
}
