/** Message-driven beans and their messages: activations, the dispatchers that claim, the workers that deliver. */
package org.redisqueue.ra.inbound;
