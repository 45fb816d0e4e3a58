/**
 * Redis as a resource manager. The messages that a transaction consumes and sends form one branch, with one outcome.
 */
package org.redisqueue.ra.transaction;
