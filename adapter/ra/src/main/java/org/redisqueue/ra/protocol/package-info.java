/**
 * The data in Redis and the operations on it: one method for each operation, and one script for each operation that
 * writes.
 */
package org.redisqueue.ra.protocol;
