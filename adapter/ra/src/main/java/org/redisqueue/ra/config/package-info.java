/** What can be configured: each property defined once, with its default, its range and its text. */
package org.redisqueue.ra.config;
