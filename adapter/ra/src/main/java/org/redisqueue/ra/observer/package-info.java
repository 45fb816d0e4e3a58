/**
 * The events of deliveries, and who observes them. Logging is the first observer; statistics and telemetry are others.
 * Observers must not influence deliveries, and this package must not call Redis.
 */
@NullMarked
package org.redisqueue.ra.observer;

import org.jspecify.annotations.NullMarked;
