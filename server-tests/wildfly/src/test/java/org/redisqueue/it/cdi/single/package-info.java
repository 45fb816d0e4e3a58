// SPDX-License-Identifier: Apache-2.0
/** CDI beans with listeners, each of which is deployed separately. */
package org.redisqueue.it.cdi.single;
