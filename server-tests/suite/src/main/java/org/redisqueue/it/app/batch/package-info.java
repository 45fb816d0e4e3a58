// SPDX-License-Identifier: Apache-2.0
/** Listeners that receive several messages per transaction. */
package org.redisqueue.it.app.batch;
