/** The configuration properties. Each is defined once, with its default, its range and its description. */
package org.redisqueue.ra.config;
