// SPDX-License-Identifier: Apache-2.0
/** The example application from the point of view of its users. */
package org.redisqueue.it.example;
