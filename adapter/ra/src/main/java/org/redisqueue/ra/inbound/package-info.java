/**
 * Message-driven beans and other listeners: activations, the dispatchers that claim messages, and the workers that
 * deliver them.
 */
package org.redisqueue.ra.inbound;
