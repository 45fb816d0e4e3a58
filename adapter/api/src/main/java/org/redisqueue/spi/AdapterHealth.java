// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * The health of the resource adapter and of its Redis.
 *
 * @param ready whether Redis has answered and has not been unreachable for longer than {@code healthTimeout} since
 * @param alive whether the threads of the adapter are working; if not, only a restart helps
 * @param connected whether Redis answered most recently
 * @param unreachableSince when Redis first failed to answer; empty if it is connected, or has not been asked yet
 */
public record AdapterHealth(boolean ready, boolean alive, boolean connected, Optional<Instant> unreachableSince) {}
