// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration properties. Each is defined once, by an {@link org.redisqueue.ra.config.Property} annotation on its
 * field. Its default, its range, its row in the documentation and its entry in {@code ra.xml} are derived from that
 * definition.
 *
 * <p>The package must not depend on any other package of the adapter, must not connect to anything, and must not print
 * the value of a confidential property.
 */
@NullMarked
package org.redisqueue.ra.config;

import org.jspecify.annotations.NullMarked;
