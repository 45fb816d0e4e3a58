// SPDX-License-Identifier: Apache-2.0
/**
 * The tests that run on each server, inside it or as its client. They must not depend on a specific server: what differs
 * is a limitation of the server in the module {@code launchers}.
 */
package org.redisqueue.it;
