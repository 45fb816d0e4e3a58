// SPDX-License-Identifier: Apache-2.0
/** Payara Micro. */
@NullMarked
package org.redisqueue.launchers.micro;

import org.jspecify.annotations.NullMarked;
