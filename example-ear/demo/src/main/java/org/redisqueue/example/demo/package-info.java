/** The demo: Redis, WildFly and the order desk by one command. */
package org.redisqueue.example.demo;
