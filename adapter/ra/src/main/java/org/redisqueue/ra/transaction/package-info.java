/** Redis as a resource manager: what a transaction consumes and sends is one branch, which ends as one. */
package org.redisqueue.ra.transaction;
