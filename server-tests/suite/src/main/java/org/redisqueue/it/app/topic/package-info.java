// SPDX-License-Identifier: Apache-2.0
/** Listeners that publish to a topic, and listeners whose queues are bound to it. */
package org.redisqueue.it.app.topic;
