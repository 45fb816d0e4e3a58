// SPDX-License-Identifier: Apache-2.0
/** The REST API. */
@NullMarked
package org.redisqueue.console.rest;

import org.jspecify.annotations.NullMarked;
