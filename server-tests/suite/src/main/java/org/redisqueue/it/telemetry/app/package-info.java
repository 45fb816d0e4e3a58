/** An application whose requests, messages and rows belong to one trace. */
package org.redisqueue.it.telemetry.app;
