// SPDX-License-Identifier: Apache-2.0
/** Payara and GlassFish, which share their domains and {@code asadmin}. */
package org.redisqueue.launchers.glassfish;
