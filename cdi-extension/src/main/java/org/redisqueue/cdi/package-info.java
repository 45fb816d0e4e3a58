// SPDX-License-Identifier: Apache-2.0
/** Listeners and senders for CDI beans. This portable extension depends only on the API of the resource adapter. */
package org.redisqueue.cdi;
