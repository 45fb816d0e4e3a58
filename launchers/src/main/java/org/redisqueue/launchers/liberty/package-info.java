// SPDX-License-Identifier: Apache-2.0
/** Open Liberty. */
@NullMarked
package org.redisqueue.launchers.liberty;

import org.jspecify.annotations.NullMarked;
