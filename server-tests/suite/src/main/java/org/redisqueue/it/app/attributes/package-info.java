// SPDX-License-Identifier: Apache-2.0
/** Beans with transaction attributes. */
package org.redisqueue.it.app.attributes;
