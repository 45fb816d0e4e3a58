// SPDX-License-Identifier: Apache-2.0
/** What a queue contains, as assertions see it. Internal: applications use {@code org.redisqueue.test}. */
@NullMarked
package org.redisqueue.test.internal.state;

import org.jspecify.annotations.NullMarked;
