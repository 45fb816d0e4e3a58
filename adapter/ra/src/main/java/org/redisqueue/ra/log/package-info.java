/** What the adapter says in the server's log. */
package org.redisqueue.ra.log;
