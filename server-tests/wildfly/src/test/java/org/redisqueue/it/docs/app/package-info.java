// SPDX-License-Identifier: Apache-2.0
/** The application that the reader of the documentation deploys. */
package org.redisqueue.it.docs.app;
