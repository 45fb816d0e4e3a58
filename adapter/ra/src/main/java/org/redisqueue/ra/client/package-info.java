/** The Redisson client, reference-counted and shared by all users with equal settings; checks of the Redis server. */
package org.redisqueue.ra.client;
