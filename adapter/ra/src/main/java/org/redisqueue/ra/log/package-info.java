/** The messages that the adapter writes to the server log, with their IDs. */
package org.redisqueue.ra.log;
