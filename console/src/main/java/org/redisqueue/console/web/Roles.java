// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.web;

/** The security roles. */
public final class Roles {

    /** May read. */
    public static final String VIEWER = "redis-queue-viewer";

    /** May read and change. */
    public static final String OPERATOR = "redis-queue-operator";

    private Roles() {}
}
