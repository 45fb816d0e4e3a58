/** Messages as applications see them, and their conversion to and from the stored form. */
package org.redisqueue.ra.message;
