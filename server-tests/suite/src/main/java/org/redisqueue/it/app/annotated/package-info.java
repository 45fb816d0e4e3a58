// SPDX-License-Identifier: Apache-2.0
/** Beans that only annotations configure. They must not have entries in a deployment descriptor. */
package org.redisqueue.it.app.annotated;
