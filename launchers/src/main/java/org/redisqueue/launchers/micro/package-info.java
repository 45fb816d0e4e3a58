// SPDX-License-Identifier: Apache-2.0
/** Payara Micro. */
package org.redisqueue.launchers.micro;
