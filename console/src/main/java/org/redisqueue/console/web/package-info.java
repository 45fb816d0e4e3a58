// SPDX-License-Identifier: Apache-2.0
/** Access, headers and errors of all requests. */
@NullMarked
package org.redisqueue.console.web;

import org.jspecify.annotations.NullMarked;
