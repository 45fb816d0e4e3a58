// SPDX-License-Identifier: Apache-2.0
/** WildFly. */
package org.redisqueue.launchers.wildfly;
