/**
 * The REST resources of the order desk, for {@code index.html} and other clients. Must not change orders itself: that is
 * the task of the beans in {@code org.redisqueue.example.orders}.
 */
package org.redisqueue.example.web;
