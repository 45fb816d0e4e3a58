/** The resource adapter itself. */
package org.redisqueue.ra;
