// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.payara;

import java.nio.file.Path;
import org.redisqueue.it.server.DomainServer;

/** The Payara that the suite runs on. */
public final class PayaraServer extends DomainServer {

    public PayaraServer() {
        super(Path.of(System.getProperty("payara.home")));
    }

    @Override
    public String name() {
        return "Payara";
    }

    @Override
    protected boolean hasDatabase() {
        return true;
    }
}
