/** Messages as applications see them, made of what is stored in Redis and the other way round. */
package org.redisqueue.ra.message;
