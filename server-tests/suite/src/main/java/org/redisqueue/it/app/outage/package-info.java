// SPDX-License-Identifier: Apache-2.0
/** A listener whose database is taken away. */
package org.redisqueue.it.app.outage;
