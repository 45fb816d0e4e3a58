// SPDX-License-Identifier: Apache-2.0
/** The example, as its users see it. */
package org.redisqueue.it.example;
