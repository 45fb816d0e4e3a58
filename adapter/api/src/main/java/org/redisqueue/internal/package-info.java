// SPDX-License-Identifier: Apache-2.0
/**
 * Rules that the API, the resource adapter and the CDI extension share: queue names, listener parameters, limits of
 * numbers, printable text.
 *
 * <p>Applications and extensions of other projects must not use this package, which can change in any release. It is
 * part of the API archive because applications and the resource adapter load that archive through the same class
 * loader, so that both apply the same rules.
 *
 * <p>The package must not depend on Redis or on the resource adapter, and must not keep state.
 */
@NullMarked
package org.redisqueue.internal;

import org.jspecify.annotations.NullMarked;
