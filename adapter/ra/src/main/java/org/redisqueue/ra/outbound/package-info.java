/** Connections that applications send and receive with, pooled by the container. */
package org.redisqueue.ra.outbound;
