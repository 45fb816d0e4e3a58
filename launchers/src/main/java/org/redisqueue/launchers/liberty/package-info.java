// SPDX-License-Identifier: Apache-2.0
/** Open Liberty. */
package org.redisqueue.launchers.liberty;
