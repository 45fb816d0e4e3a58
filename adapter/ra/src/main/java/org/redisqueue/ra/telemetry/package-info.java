/**
 * What OpenTelemetry learns about messages: spans, metrics, and the context of a trace in the headers of a message.
 *
 * <p>The OpenTelemetry API is optional. Only {@link org.redisqueue.ra.telemetry.Telemetry} and the interfaces that it
 * returns are for other packages, and they do not refer to it. All other classes are loaded only if it is visible.
 */
@NullMarked
package org.redisqueue.ra.telemetry;

import org.jspecify.annotations.NullMarked;
