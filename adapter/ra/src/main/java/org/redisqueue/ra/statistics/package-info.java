/**
 * What this server does, in figures: those of each listener, and the number of deliveries of each queue. Heartbeats
 * report them to operators.
 */
@NullMarked
package org.redisqueue.ra.statistics;

import org.jspecify.annotations.NullMarked;
