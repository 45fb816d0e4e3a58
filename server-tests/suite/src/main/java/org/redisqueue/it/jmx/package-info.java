// SPDX-License-Identifier: Apache-2.0
/** Tests of the management beans. */
package org.redisqueue.it.jmx;
