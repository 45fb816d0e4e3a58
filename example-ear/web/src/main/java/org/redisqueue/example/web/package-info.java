/** The order desk's resources for {@code index.html} and for anyone else who speaks JSON. */
package org.redisqueue.example.web;
