// SPDX-License-Identifier: Apache-2.0
/** The JSON documents of the REST API. */
@NullMarked
package org.redisqueue.console.json;

import org.jspecify.annotations.NullMarked;
