// SPDX-License-Identifier: Apache-2.0
/** The health of the adapter, for probes. Redis is monitored only after the first request for the health. */
@NullMarked
package org.redisqueue.ra.health;

import org.jspecify.annotations.NullMarked;
