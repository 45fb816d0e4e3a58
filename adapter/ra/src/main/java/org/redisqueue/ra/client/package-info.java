/** Redisson clients made from settings, shared by equal settings and counted; the checks of the server. */
package org.redisqueue.ra.client;
