// SPDX-License-Identifier: Apache-2.0
/** The listeners of an application, called as the adapter would call them. Internal: applications use {@code org.redisqueue.test}. */
@NullMarked
package org.redisqueue.test.internal.listener;

import org.jspecify.annotations.NullMarked;
