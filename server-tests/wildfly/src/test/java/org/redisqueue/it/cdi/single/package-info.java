// SPDX-License-Identifier: Apache-2.0
/** CDI beans with listeners that are each deployed alone. */
package org.redisqueue.it.cdi.single;
