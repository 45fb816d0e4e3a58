// SPDX-License-Identifier: Apache-2.0
/**
 * The contract by which the resource adapter delivers messages to listeners other than message-driven beans, and reports
 * its health. Container
 * extensions use it, such as the CDI extension; applications do not.
 *
 * <p>A {@link org.redisqueue.spi.ListenerActivator} activates a {@link org.redisqueue.spi.ListenerEndpoint}, which gets
 * each {@link org.redisqueue.spi.Delivery} and returns its {@link org.redisqueue.spi.DeliveryResult}.
 *
 * <p>A {@link org.redisqueue.spi.HealthSource} reports the {@link org.redisqueue.spi.AdapterHealth}.
 *
 * <p>The package contains interfaces, their results and their exceptions only. Shared code belongs in the package
 * {@code internal}.
 */
@NullMarked
package org.redisqueue.spi;

import org.jspecify.annotations.NullMarked;
