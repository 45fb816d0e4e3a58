/** Connections with which applications send and receive messages, pooled by the container. */
package org.redisqueue.ra.outbound;
