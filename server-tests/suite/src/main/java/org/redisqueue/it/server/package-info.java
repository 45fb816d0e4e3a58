// SPDX-License-Identifier: Apache-2.0
/** The server under test, and the archives to deploy. */
package org.redisqueue.it.server;
