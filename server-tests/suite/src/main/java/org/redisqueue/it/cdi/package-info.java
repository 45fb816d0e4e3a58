// SPDX-License-Identifier: Apache-2.0
/** Listeners in CDI beans on a real server. */
package org.redisqueue.it.cdi;
