/**
 * The events of deliveries and their observers. Logging is one observer; statistics and telemetry can be others.
 * Observers must not influence deliveries, and this package must not call Redis.
 */
@NullMarked
package org.redisqueue.ra.observer;

import org.jspecify.annotations.NullMarked;
