// SPDX-License-Identifier: Apache-2.0
/** The health of the adapter, for probes. Nothing here runs before somebody asks. */
@NullMarked
package org.redisqueue.ra.health;

import org.jspecify.annotations.NullMarked;
