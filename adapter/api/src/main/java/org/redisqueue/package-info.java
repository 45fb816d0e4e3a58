/**
 * What an application uses: listeners and what they are given, connections and what is sent through them.
 */
package org.redisqueue;
