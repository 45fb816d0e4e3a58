/**
 * The API for applications: listeners and the messages that they receive, connections, senders, and the messages that
 * applications send.
 */
package org.redisqueue;
