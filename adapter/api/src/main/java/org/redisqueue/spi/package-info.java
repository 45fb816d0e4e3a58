// SPDX-License-Identifier: Apache-2.0
/**
 * How the resource adapter delivers to what is no message-driven bean; for extensions of containers, not for
 * applications.
 */
package org.redisqueue.spi;
