/** The demo: Redis, an application server and the order desk by one command. */
package org.redisqueue.example.demo;
