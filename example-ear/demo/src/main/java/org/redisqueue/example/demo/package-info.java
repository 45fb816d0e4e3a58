// SPDX-License-Identifier: Apache-2.0
/**
 * The demo: one command that runs Redis and the order desk on an application server. Must not contain what a specific
 * server needs: that is in the module {@code launchers}.
 */
@NullMarked
package org.redisqueue.example.demo;

import org.jspecify.annotations.NullMarked;
