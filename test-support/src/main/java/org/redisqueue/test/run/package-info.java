// SPDX-License-Identifier: Apache-2.0
/** Runs the bundled Redis as long as a build runs an application, such as a generated one. */
@NullMarked
package org.redisqueue.test.run;

import org.jspecify.annotations.NullMarked;
