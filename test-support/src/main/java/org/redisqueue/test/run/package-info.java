// SPDX-License-Identifier: Apache-2.0
/** Runs the bundled Redis for an application that a build runs, such as the one that the archetype generates. */
@NullMarked
package org.redisqueue.test.run;

import org.jspecify.annotations.NullMarked;
