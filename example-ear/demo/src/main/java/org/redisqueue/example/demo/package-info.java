// SPDX-License-Identifier: Apache-2.0
/** The demo: one command that runs Redis and the order desk on an application server. */
package org.redisqueue.example.demo;
