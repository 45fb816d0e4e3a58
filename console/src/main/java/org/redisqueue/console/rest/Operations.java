// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/** Finds the operations of the resource adapter. A lookup for each request finds the adapter even if it is redeployed. */
public final class Operations {

    /** The resource reference in {@code web.xml}, and where Payara and GlassFish bind the factory of an adapter in an EAR. */
    private static final List<String> NAMES = List.of("java:comp/env/eis/RedisQueue", "java:app/eis/RedisQueue");

    /** The maximum length of a name in the audit. */
    private static final int MAX_CALLER = 200;

    private Operations() {}

    /** Returns the operations on behalf of an authenticated caller. */
    public static QueueAdmin of(SecurityContext security) {
        Principal caller = security.getUserPrincipal();
        if (caller == null) {
            throw new QueueAdminException(Kind.FORBIDDEN, "Log in to use the console.");
        }
        return of(caller.getName());
    }

    /** Returns the operations on behalf of a caller. The audit contains the beginning of a very long name. */
    public static QueueAdmin of(String caller) {
        NamingException failure = null;
        for (String name : NAMES) {
            try {
                return InitialContext.<RedisQueueConnectionFactory>doLookup(name)
                        .admin()
                        .as(shortened(caller), "console");
            } catch (NamingException e) {
                failure = failure == null ? e : failure;
            }
        }
        throw unavailable(failure);
    }

    private static String shortened(String caller) {
        if (caller.length() <= MAX_CALLER) {
            return caller;
        }
        int end = Character.isHighSurrogate(caller.charAt(MAX_CALLER - 1)) ? MAX_CALLER - 1 : MAX_CALLER;
        return caller.substring(0, end);
    }

    private static QueueAdminException unavailable(@Nullable NamingException cause) {
        return new QueueAdminException(
                Kind.UNAVAILABLE,
                "The connection factory 'eis/RedisQueue' is not available. Deploy the resource adapter, or bind the"
                        + " resource reference of the console to its connection factory.",
                cause);
    }
}
