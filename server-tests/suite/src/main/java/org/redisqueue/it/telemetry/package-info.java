/** Tests of what servers with OpenTelemetry export. */
package org.redisqueue.it.telemetry;
