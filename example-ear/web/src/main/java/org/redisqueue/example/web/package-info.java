/** The REST resources of the order desk, for {@code index.html} and other clients. */
package org.redisqueue.example.web;
