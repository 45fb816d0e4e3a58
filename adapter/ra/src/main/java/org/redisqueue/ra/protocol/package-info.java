/** What is in Redis and how it changes: one method for one operation, one script for each that writes. */
package org.redisqueue.ra.protocol;
