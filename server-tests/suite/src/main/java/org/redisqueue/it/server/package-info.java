// SPDX-License-Identifier: Apache-2.0
/** What is deployed, and the server that it is deployed on. */
package org.redisqueue.it.server;
