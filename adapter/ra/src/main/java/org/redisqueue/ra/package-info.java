/** The resource adapter: its configuration, its start and its stop. */
package org.redisqueue.ra;
