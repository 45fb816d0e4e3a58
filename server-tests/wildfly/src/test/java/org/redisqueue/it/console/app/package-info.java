// SPDX-License-Identifier: Apache-2.0
/** The application whose queues are operated. */
package org.redisqueue.it.console.app;
