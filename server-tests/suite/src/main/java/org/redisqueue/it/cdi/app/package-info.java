// SPDX-License-Identifier: Apache-2.0
/** CDI beans with listeners that the tests deploy. */
package org.redisqueue.it.cdi.app;
