// SPDX-License-Identifier: Apache-2.0
/** CDI beans with listeners, as they are deployed by the tests. */
package org.redisqueue.it.cdi.app;
