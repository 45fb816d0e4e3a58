// SPDX-License-Identifier: Apache-2.0
/** Payara and GlassFish, which share their domains and {@code asadmin}. */
@NullMarked
package org.redisqueue.launchers.glassfish;

import org.jspecify.annotations.NullMarked;
