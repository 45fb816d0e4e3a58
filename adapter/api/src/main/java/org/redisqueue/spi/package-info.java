// SPDX-License-Identifier: Apache-2.0
/**
 * The contract by which the resource adapter delivers messages to listeners other than message-driven beans, and the
 * rules that all listeners share. It is intended for container extensions, not for applications.
 */
package org.redisqueue.spi;
