// SPDX-License-Identifier: Apache-2.0
/** Listeners and senders for CDI beans: a portable extension, which knows the adapter by its API alone. */
package org.redisqueue.cdi;
